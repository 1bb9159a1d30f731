import { DiscordServer } from '../../test/platforms/discord/discordServer.js';
import { MessageFlag, MessageType } from '../../test/platforms/discord/protocol/numbers.js';
import { isSilent } from '../../test/platforms/discord/reading/pings.js';
import type { Channel, Interaction, Message, User } from '../../test/platforms/discord/world/records.js';
import type { Dice } from './dice.js';
import { CALLBACK, discordFault, planDiscordFault, SHORTEST_DELAY } from './discordFaults.js';
import {
  type AckFinding,
  concerns,
  countAnnouncement,
  countReply,
  type Findings,
  featureIn,
  LIST,
  nothingFound,
} from './findings.js';
import { count, Outages, type SoakPlatform } from './platform.js';
import { CHANNELS, PEOPLE, type Question, textOf } from './questions.js';

const SAID: readonly number[] = [MessageType.Default, MessageType.Reply, MessageType.ChatInputCommand];
const NO_PICTURE = 'The picture is missing';

interface Asked {
  question: Question;
  /** Absent for mentions. */
  interaction: Interaction | undefined;
  at: number;
  /** Whether no program was connected when a message came. */
  unheard: boolean;
}

/** Discord on loopback. */
export class SoakDiscord implements SoakPlatform {
  readonly name = 'Discord';
  readonly faults = new Map<string, number>();
  readonly outages = new Outages();
  private readonly server = new DiscordServer();
  private readonly asked: Asked[] = [];
  private people: User[] = [];
  private channels: Channel[] = [];

  async start(): Promise<void> {
    await this.server.start();
    this.people = Array.from({ length: PEOPLE }, (_, index) => this.server.addUser(`person${index}`));
    const guild = this.server.addGuild('Lab', this.people);
    this.channels = Array.from({ length: CHANNELS }, (_, index) =>
      this.server.addChannel(guild, `channel${index}`),
    );
    const { faults } = this.server;
    const take = faults.take.bind(faults);
    faults.take = (route, hasFiles) => {
      const met = take(route, hasFiles);
      for (const fault of met) count(this.faults, discordFault(fault));
      return met;
    };
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  environment(): Record<string, string> {
    return { DISCORD_TOKEN: this.server.token, DISCORD_API_URL: this.server.apiUrl };
  }

  async ask(question: Question): Promise<void> {
    const { layer, feature, scale, cutoff } = question;
    const user = this.people[question.person]!;
    const channel = this.channels[question.channel]!;
    const at = Date.now();
    const unheard = ![...this.server.gateway.connections].some(({ session }) => session);
    if (question.mention) {
      this.server.people.mention({ user, channel, text: textOf(question) });
      this.asked.push({ question, interaction: undefined, at, unheard });
      return;
    }
    const options = { layer, feature, scale: String(scale), cutoff, tokens: 10 };
    const interaction = this.server.people.typeCommand({ user, channel, name: 'feature', options });
    this.asked.push({ question, interaction, at, unheard });
  }

  plan(dice: Dice): void {
    planDiscordFault(this.server.faults, dice);
    if (dice.chance(0.05)) this.sendTwice(dice);
  }

  disturb(dice: Dice): void {
    const { gateway } = this.server;
    const { identify, resume } = gateway.counts;
    this.outages.begin(() => gateway.counts.identify + gateway.counts.resume > identify + resume);
    const ways: [string, () => void][] = [
      ['connection cut', () => gateway.dropAll()],
      ['connection cut', () => gateway.closeAll(4000)],
      ['connection to be renewed', () => gateway.requestReconnect()],
    ];
    const [kind, way] = dice.pick(ways);
    count(this.faults, kind);
    way();
  }

  findings(): Findings[] {
    const byPlace = new Map<string, Findings>();
    const found = this.asked.map(({ question }) => {
      const findings = nothingFound(question, 1);
      const { person, channel, layer, feature } = question;
      byPlace.set(`${this.channels[channel]!.id} ${layer}/${feature}`, findings);
      byPlace.set(`${this.people[person]!.id} ${layer}/${feature}`, findings);
      return findings;
    });
    const byThread = new Map<string, Findings[]>();
    for (const message of this.said()) {
      if (message.visibleTo === undefined) this.read(message, byPlace, byThread);
    }
    for (const [index, asked] of this.asked.entries()) {
      const { results, sentence } = found[index]!;
      if (results === 0 && sentence === undefined) found[index]!.sentence = this.whispered(asked);
    }
    return found;
  }

  refused(): Set<Question> {
    const refused = this.asked.filter(({ interaction, unheard }) =>
      interaction ? interaction.ack === undefined : unheard,
    );
    return new Set(refused.map(({ question }) => question));
  }

  acks(): AckFinding[] {
    return this.asked.flatMap(({ question, interaction }) => {
      if (!interaction) return [];
      const calls = this.server.requests(CALLBACK).filter(({ path }) => path.includes(interaction.id));
      const failed = calls.some(
        ({ status, tookMs }) => status === 429 || status >= 500 || status === 0 || tookMs > SHORTEST_DELAY,
      );
      const cut = this.outages.touch(interaction.createdAt);
      const disturbed = cut ? 'connection' : failed ? 'call' : undefined;
      return [{ question, latency: interaction.ack?.latencyMs, disturbed }];
    });
  }

  pings(): number {
    return this.said().filter((message) => !isSilent(this.server.pings(message))).length;
  }

  /** Private answers that were promised and never given: the person sees "thinking" for ever. */
  complaints(): string[] {
    return this.said()
      .filter(({ flags }) => (flags & MessageFlag.Loading) !== 0)
      .map(({ interaction }) => `left thinking: ${interaction?.name} in ${interaction?.channelId}`);
  }

  private sendTwice(dice: Dice): void {
    const interactions = this.asked.slice(-5).flatMap(({ interaction }) => interaction ?? []);
    if (interactions.length === 0) return;
    this.server.redeliver(dice.pick(interactions));
    count(this.faults, 'event sent twice');
  }

  private read(
    message: Message,
    byPlace: ReadonlyMap<string, Findings>,
    byThread: Map<string, Findings[]>,
  ): void {
    const { content, channelId } = message;
    const channel = this.server.world.channels.get(channelId)!;
    const feature = content.includes(LIST) ? undefined : featureIn(content);
    const place = channel.thread?.parentId ?? channel.recipientId ?? channelId;
    const here = byThread.get(channelId) ?? [];
    const findings = feature
      ? byPlace.get(`${place} ${feature}`)
      : (here.find(({ lists }) => lists === 0) ?? here.at(-1));
    if (!findings) return;
    const isPicture = message.attachments.length > 0 || content.includes(NO_PICTURE);
    // A thread has the id of the message it hangs on. Outside threads a list goes to a picture that waits for one.
    if (feature && !isPicture) byThread.set(message.id, [findings]);
    else if (feature && !channel.thread) byThread.set(channelId, [...here, findings]);
    if (content.includes(LIST)) findings.lists += 1;
    else if (message.attachments.length > 0) findings.pictures += 1;
    else if (content.includes(NO_PICTURE)) findings.pictureSentences += 1;
    else if (feature) countAnnouncement(findings, content);
    else countReply(findings, content);
  }

  private whispered({ question, interaction, at }: Asked): string | undefined {
    const user = this.people[question.person]!;
    const ephemeral = this.server
      .ephemerals(user)
      .find((message) => message.interaction === interaction && interaction && message.content !== '');
    if (ephemeral) return ephemeral.content;
    // Where there is no interaction, or its token was lost with a process, it comes in direct messages.
    return this.said().find(
      ({ channelId, createdAt, content }) =>
        this.server.world.channels.get(channelId)?.recipientId === user.id &&
        createdAt >= at &&
        !featureIn(content) &&
        concerns(content, question),
    )?.content;
  }

  private said(): Message[] {
    return [...this.server.world.messages.values()].filter(
      ({ author, type, deleted }) => author.id === this.server.bot.id && SAID.includes(type) && !deleted,
    );
  }
}
