import { DiscordServer } from '../../../test/platforms/discord/discordServer.js';
import { Session } from '../../../test/platforms/discord/gateway/session.js';
import { isSilent } from '../../../test/platforms/discord/reading/pings.js';
import type { Channel, Guild, Message, User } from '../../../test/platforms/discord/world/records.js';
import type { Dispatch } from '../../../test/platforms/discord/world/world.js';
import { until } from '../../../test/support/until.js';
import type { Dice } from '../../soak/dice.js';
import type { HostilePlatform } from './chats.js';
import { MutatingProxy } from './mutatingProxy.js';
import { hostileText, mutateJson, mutateText } from './mutations.js';

const LINE = '0 7 scale=4 cutoff=0.02 tokens=5';

/** Discord, gateway and REST. */
export class HostileDiscord implements HostilePlatform {
  readonly name = 'Discord';
  hostile = false;
  changed = 0;
  private readonly people: User[];
  private readonly guild: Guild;
  private readonly channel: Channel;

  private constructor(
    private readonly server: DiscordServer,
    readonly answers: MutatingProxy,
    dice: Dice,
  ) {
    this.people = [server.addUser('ada'), server.addUser('bob')];
    this.guild = server.addGuild('Lab', this.people);
    this.channel = server.addChannel(this.guild, 'hostile');
    const { dispatch } = Session.prototype;
    const onTheWay = (event: Dispatch): Dispatch => {
      if (!this.hostile || dice.chance(0.2)) return event;
      this.changed++;
      return { ...event, d: mutateJson(event.d, dice) };
    };
    Session.prototype.dispatch = function (event) {
      dispatch.call(this, onTheWay(event));
    };
  }

  static async start(dice: Dice): Promise<HostileDiscord> {
    const server = new DiscordServer();
    await server.start();
    return new HostileDiscord(server, await new MutatingProxy(server.apiUrl, dice).start(), dice);
  }

  async stop(): Promise<void> {
    await this.answers.stop();
    await this.server.stop();
  }

  environment(): Record<string, string> {
    return { DISCORD_TOKEN: this.server.token, DISCORD_API_URL: this.answers.url };
  }

  act(dice: Dice): void {
    const { people, channel } = this;
    const user = dice.pick(people);
    const text = mutateText(LINE, dice).slice(0, 2000) || 'help';
    const options = { layer: dice.pick([0, 1, 7]), feature: dice.pick([0, 7, 48]), scale: text };
    const button = this.button(dice);
    const ways: (() => unknown)[] = [
      () => this.server.people.typeCommand({ user, channel, name: 'feature', options }),
      () => this.server.people.mention({ user, channel, text }),
      () => this.server.people.say({ user, channel: this.server.directChannel(user), text }),
      () => this.server.people.say({ user, channel, text: hostileText(dice).slice(0, 2000) || 'hello' }),
      ...(button ? [() => this.server.people.clickButton({ user, ...button })] : []),
    ];
    try {
      dice.pick(ways)();
    } catch {
      // What Discord's client would not offer is no event.
    }
  }

  async ordinary(within: number): Promise<void> {
    const user = this.people[0]!;
    const channel = this.server.addChannel(this.guild, 'quiet');
    const options = { layer: 0, feature: 7, cutoff: 0.02 };
    this.server.people.typeCommand({ user, channel, name: 'feature', options });
    const pictured = () => {
      const places = [channel, ...this.server.threads(channel)];
      return places.some((place) =>
        this.server.messages(place).some(({ attachments }) => attachments.length > 0),
      );
    };
    await until('a picture in Discord', pictured, within);
  }

  harm(secrets: readonly string[]): { pings: number; secrets: number } {
    const ours = [...this.server.world.messages.values()].filter(
      ({ author }) => author.id === this.server.bot.id,
    );
    return {
      pings: ours.filter((message) => !isSilent(this.server.pings(message))).length,
      secrets: ours.filter(({ content }) => secrets.some((secret) => content.includes(secret))).length,
    };
  }

  private button(dice: Dice): { message: Message; customId: string } | undefined {
    const places = [this.channel, ...this.server.threads(this.channel)];
    const found = places
      .flatMap((place) => this.server.messages(place))
      .flatMap((message) =>
        message.components
          .flatMap(({ components }) => components ?? [])
          .flatMap(({ custom_id: customId }) => (customId ? [{ message, customId }] : [])),
      );
    return found.length > 0 ? dice.pick(found) : undefined;
  }
}
