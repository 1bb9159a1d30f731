import { refusal } from '../protocol/errors.js';
import { ALL_PERMISSIONS } from '../protocol/permissions.js';
import { snowflake } from '../protocol/snowflake.js';
import type { Channel, Command, Guild, Interaction, Message, User } from './records.js';

/** An event for the gateway. */
export interface Dispatch {
  /** Discord's event name. */
  readonly t: string;
  readonly d: unknown;
  /** The intent a session needs to get it; 0 for none. */
  readonly intent: number;
  /** What sessions without the message content intent get instead of `d`. */
  readonly withoutContent?: unknown;
}

/** Everything that exists on the platform, and the one application installed on it. */
export class World {
  readonly users = new Map<string, User>();
  readonly guilds = new Map<string, Guild>();
  readonly channels = new Map<string, Channel>();
  readonly messages = new Map<string, Message>();
  readonly commands = new Map<string, Command>();
  /** By token. */
  readonly interactions = new Map<string, Interaction>();
  readonly applicationId = snowflake();
  readonly bot: User;
  /** Where attachments can be fetched; known once the server listens. */
  origin = '';
  /** A nonce is remembered "for the past few minutes". */
  nonceMs = 5 * 60_000;
  private readonly byChannel = new Map<string, Message[]>();
  private readonly listeners = new Set<(event: Dispatch) => void>();

  constructor(botName: string) {
    // As with every application of today, the bot user has the application's id.
    this.bot = { id: this.applicationId, username: botName, bot: true, acceptsDirectMessages: false };
    this.users.set(this.bot.id, this.bot);
  }

  onDispatch(listener: (event: Dispatch) => void): void {
    this.listeners.add(listener);
  }

  dispatch(event: Dispatch): void {
    for (const listener of this.listeners) listener(event);
  }

  channel(id: string): Channel {
    const channel = this.channels.get(id);
    if (!channel) throw refusal('unknownChannel');
    return channel;
  }

  /** The channel's guild; undefined in direct messages. */
  guildOf(channel: Channel): Guild | undefined {
    return channel.guildId === undefined ? undefined : this.guilds.get(channel.guildId);
  }

  /** A message that exists and that others than one person can see. */
  message(channelId: string, id: string): Message {
    const message = this.messages.get(id);
    if (!message || message.deleted || message.channelId !== channelId || message.visibleTo !== undefined) {
      throw refusal('unknownMessage');
    }
    return message;
  }

  addMessage(message: Message): void {
    this.messages.set(message.id, message);
    const inChannel = this.byChannel.get(message.channelId) ?? [];
    inChannel.push(message);
    this.byChannel.set(message.channelId, inChannel);
  }

  /** All messages of a channel, oldest first, without the ephemeral and the deleted ones. */
  messagesIn(channelId: string): Message[] {
    const all = this.byChannel.get(channelId) ?? [];
    return all.filter((message) => !message.deleted && message.visibleTo === undefined);
  }

  /** What a user may do in a channel, after roles and overwrites; threads inherit from their parent. */
  permissionsOf(userId: string, channel: Channel): bigint {
    const guild = this.guildOf(channel);
    if (!guild) return channel.recipientId === userId || userId === this.bot.id ? ALL_PERMISSIONS : 0n;
    if (guild.ownerId === userId) return ALL_PERMISSIONS;
    const member = guild.members.get(userId);
    if (!member) return 0n;
    let granted = guild.roles.get(guild.id)!.permissions;
    for (const id of member.roleIds) granted |= guild.roles.get(id)?.permissions ?? 0n;
    if (granted & (1n << 3n)) return ALL_PERMISSIONS;
    const place = channel.thread ? this.channels.get(channel.thread.parentId) : channel;
    const { overwrites } = place ?? channel;
    const everyone = overwrites.get(guild.id);
    if (everyone) granted = (granted & ~everyone.deny) | everyone.allow;
    let allow = 0n;
    let deny = 0n;
    for (const id of member.roleIds) {
      allow |= overwrites.get(id)?.allow ?? 0n;
      deny |= overwrites.get(id)?.deny ?? 0n;
    }
    granted = (granted & ~deny) | allow;
    const own = overwrites.get(userId);
    return own ? (granted & ~own.deny) | own.allow : granted;
  }
}
