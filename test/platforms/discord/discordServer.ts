import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Gateway } from './gateway/gateway.js';
import { type Sharding, shardOf, UNSHARDED } from './gateway/shards.js';
import { People } from './people/people.js';
import { ChannelType, Intent } from './protocol/numbers.js';
import type { PermissionName } from './protocol/permissions.js';
import { snowflake } from './protocol/snowflake.js';
import { type Link, links } from './reading/links.js';
import { type Pings, pings, pingsInAnyText } from './reading/pings.js';
import type { Faults } from './rest/faults.js';
import { GENEROUS, type RateLimitTable } from './rest/rateLimits.js';
import { INVALID_STATUSES, type LoggedRequest } from './rest/requestLog.js';
import { RestServer } from './rest/restServer.js';
import { callbackRoutes } from './rest/routes/callback.js';
import { channelRoutes } from './rest/routes/channels.js';
import { commandRoutes } from './rest/routes/commands.js';
import { guildRoutes } from './rest/routes/guilds.js';
import { directChannel, identityRoutes } from './rest/routes/identity.js';
import { messageRoutes } from './rest/routes/messages.js';
import { webhookRoutes } from './rest/routes/webhooks.js';
import { redeliver } from './world/interactions.js';
import { deleteMessage } from './world/messages.js';
import type { Channel, Command, Guild, Interaction, Message, Role, User } from './world/records.js';
import * as setting from './world/setting.js';
import { deleteChannel } from './world/threads.js';
import { World } from './world/world.js';

export interface DiscordServerOptions {
  /** The bot's name. @default 'ghosttree' */
  readonly botName?: string;
  /** The token that logs in. */
  readonly token?: string;
  /** @default 41 250, Discord's */
  readonly heartbeatMs?: number;
  /** Privileged intents switched on for the application. @default none: no message content */
  readonly privilegedIntents?: number;
  /** GENEROUS unless told; OBSERVED is about what Discord enforces. */
  readonly rateLimits?: RateLimitTable;
  /** @default one shard, which may identify as often as it likes */
  readonly sharding?: Partial<Sharding>;
}

/** Discord on loopback for one bot: REST v10, gateway v10, and the people who use it. */
export class DiscordServer {
  readonly token: string;
  readonly world: World;
  readonly people: People;
  readonly gateway: Gateway;
  private readonly rest: RestServer;
  private readonly http: Server;
  private readonly sharding: Sharding;

  constructor(options: DiscordServerOptions = {}) {
    this.token = options.token ?? 'MTIz.loopback.bot-token';
    this.world = new World(options.botName ?? 'ghosttree');
    this.people = new People(this.world);
    this.sharding = { ...UNSHARDED, ...options.sharding };
    this.gateway = new Gateway(this.world, {
      token: this.token,
      heartbeatMs: options.heartbeatMs ?? 41_250,
      privilegedIntents: options.privilegedIntents ?? Intent.None,
      sharding: this.sharding,
    });
    const routes = [
      ...identityRoutes(this.world, () => this.gatewayUrl, this.sharding, this.gateway.limit),
      ...guildRoutes(this.world),
      ...commandRoutes(this.world),
      ...channelRoutes(this.world),
      ...messageRoutes(this.world),
      ...callbackRoutes(this.world),
      ...webhookRoutes(this.world),
    ];
    this.rest = new RestServer(this.world, this.token, routes, options.rateLimits ?? GENEROUS);
    this.http = createServer((request, response) => void this.rest.handle(request, response));
  }

  /** Listens on a free port of 127.0.0.1. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.http.listen(0, '127.0.0.1', resolve));
    this.world.origin = `http://127.0.0.1:${this.port}`;
    this.gateway.attach(this.http, this.gatewayUrl);
  }

  /** Cuts every connection and stops listening. */
  async stop(): Promise<void> {
    this.gateway.close();
    this.http.closeAllConnections();
    await new Promise((resolve) => this.http.close(resolve));
  }

  /** For `rest: { api }` of a client; the version is added by the client. */
  get apiUrl(): string {
    return `http://127.0.0.1:${this.port}/api`;
  }

  // -- the setting

  addUser(name: string): User {
    return setting.addUser(this.world, name);
  }

  /** A guild with these members and, unless told, the bot; `shard` of the recommended number hears of it. */
  addGuild(
    name: string,
    members: readonly User[] = [],
    { withBot = true, shard }: { withBot?: boolean; shard?: number } = {},
  ): Guild {
    return setting.addGuild(this.world, name, members, withBot, this.guildId(shard));
  }

  addChannel(guild: Guild, name: string): Channel {
    return setting.addChannel(this.world, guild, name);
  }

  addRole(
    guild: Guild,
    name: string,
    permissions: PermissionName[] = [],
    { mentionable = false } = {},
  ): Role {
    return setting.addRole(this.world, guild, name, permissions, mentionable);
  }

  /** The direct message channel between a person and the bot. */
  directChannel(user: User): Channel {
    return directChannel(this.world, user.id);
  }

  /** Gives the bot (or somebody) a permission in a channel. */
  grant(
    permission: PermissionName,
    { channel, user = this.world.bot }: { channel: Channel; user?: User },
  ): void {
    setting.overwrite(this.world, channel, user.id, permission, true);
  }

  /** Takes a permission away; `silently` leaves the client believing it still has it. */
  revoke(
    permission: PermissionName,
    {
      channel,
      user = this.world.bot,
      silently = false,
    }: { channel: Channel; user?: User; silently?: boolean },
  ): void {
    setting.overwrite(this.world, channel, user.id, permission, false, silently);
  }

  kickBot(guild: Guild): void {
    setting.kickBot(this.world, guild);
  }

  // -- what people see

  get bot(): User {
    return this.world.bot;
  }

  /** The messages everybody in a channel or thread sees, oldest first. */
  messages(channel: Channel): Message[] {
    return this.world.messagesIn(channel.id);
  }

  /** The threads under a channel. */
  threads(channel: Channel): Channel[] {
    return [...this.world.channels.values()].filter(({ thread }) => thread?.parentId === channel.id);
  }

  /** The thread that hangs on a message. */
  threadOf(message: Message): Channel | undefined {
    const channel = this.world.channels.get(message.id);
    return channel?.type === ChannelType.PublicThread ? channel : undefined;
  }

  /** The messages only this person sees. */
  ephemerals(user: User): Message[] {
    return [...this.world.messages.values()].filter(
      ({ visibleTo, deleted }) => visibleTo === user.id && !deleted,
    );
  }

  /** The message an interaction was answered with, or that it updates. */
  original({ originalId }: Interaction): Message | undefined {
    const message = originalId === undefined ? undefined : this.world.messages.get(originalId);
    return message?.deleted ? undefined : message;
  }

  /** The commands people are offered, global ones and those of guilds. */
  get commands(): Command[] {
    return [...this.world.commands.values()];
  }

  get interactions(): Interaction[] {
    return [...this.world.interactions.values()];
  }

  /** Whom the message notified. */
  pings(message: Message): Pings {
    return pings(this.world, message);
  }

  /** Whom any of its texts, edits included, would notify if it were new. */
  pingsInAnyText(message: Message): Pings {
    return pingsInAnyText(this.world, message);
  }

  /** What readers can click that leaves Discord. */
  links(message: Message): Link[] {
    return links(message);
  }

  // -- what the client did

  /** Every request so far, in order; with a route name only its own. */
  requests(route?: string): LoggedRequest[] {
    return this.rest.log.filter((entry) => route === undefined || entry.route === route);
  }

  /** Requests that count towards Discord's ban at 10 000 in 10 minutes. */
  get invalidRequests(): LoggedRequest[] {
    return this.rest.log.filter(({ status }) => INVALID_STATUSES.includes(status));
  }

  // -- what goes wrong

  /** Failing, slow and cut requests. */
  get faults(): Faults {
    return this.rest.faults;
  }

  /** Deletes a message, as a moderator would. */
  deleteMessage(message: Message): void {
    deleteMessage(this.world, message);
  }

  /** Deletes a channel or thread. */
  deleteChannel(channel: Channel): void {
    deleteChannel(this.world, channel);
  }

  /** Ends an interaction's 15 minutes now. */
  expireToken(interaction: Interaction): void {
    interaction.tokenExpired = true;
  }

  /** Sends an interaction's event a second time. */
  redeliver(interaction: Interaction): void {
    redeliver(this.world, interaction);
  }

  /** A new id, of a moment whose guilds belong to this shard. */
  private guildId(shard: number | undefined): string {
    const { shards } = this.sharding;
    for (let at = Date.now(); ; at--) {
      const id = snowflake(at);
      if (shard === undefined || shardOf(id, shards) === shard) return id;
    }
  }

  private get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  private get gatewayUrl(): string {
    return `ws://127.0.0.1:${this.port}`;
  }
}
