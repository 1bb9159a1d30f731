import { setTimeout as sleep } from 'node:timers/promises';
import { manifestScopes } from '../../src/adapters/slack/workspaces/scopes.js';
import { pings } from '../../test/platforms/slack/blocks/mrkdwn.js';
import { SlackServer } from '../../test/platforms/slack/slackServer.js';
import type { Ack } from '../../test/platforms/slack/transport/delivery.js';
import type { Channel, Ephemeral, Message, User } from '../../test/platforms/slack/types.js';
import type { Dice } from './dice.js';
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
import { planSlackFault, slackFault } from './slackFaults.js';

/** A person sees at once that Slack could not reach the bot, and types it again after so long. */
const TYPED_AGAIN = 2_000;
const MOST_TYPED = 5;

interface Asked {
  question: Question;
  typed: number;
  acks: Ack[];
  at: number;
}

/** Slack on loopback over Socket Mode. */
export class SoakSlack implements SoakPlatform {
  readonly name = 'Slack';
  readonly faults = new Map<string, number>();
  readonly outages = new Outages();
  private readonly server = new SlackServer({
    scopes: manifestScopes(),
    fileSharing: 50,
    // As Slack repeats events, only sooner.
    eventRetryDelays: [500, 2_000, 5_000],
  });
  private readonly asked: Asked[] = [];
  private people: User[] = [];
  private channels: Channel[] = [];

  async start(): Promise<void> {
    await this.server.start();
    this.people = Array.from({ length: PEOPLE }, (_, index) => this.server.addUser(`person${index}`));
    this.channels = Array.from({ length: CHANNELS }, (_, index) =>
      this.server.addChannel(`channel${index}`, this.people),
    );
    const { faults } = this.server;
    const take = faults.take.bind(faults);
    faults.take = (method) => {
      const met = take(method);
      if (met.delay > 0) count(this.faults, slackFault({ kind: 'delay', ms: met.delay }));
      if (met.fault) count(this.faults, slackFault(met.fault));
      return met;
    };
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  environment(): Record<string, string> {
    const { botToken, appToken } = this.server.workspace.options;
    return { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: this.server.url };
  }

  async ask(question: Question): Promise<void> {
    const asked: Asked = { question, typed: 1, acks: [], at: Date.now() };
    this.asked.push(asked);
    const user = this.people[question.person]!.id;
    const channel = this.channels[question.channel]!.id;
    const text = textOf(question);
    if (question.mention) {
      const { ack } = await this.server.mention({ user, channel, text });
      asked.acks.push(ack!);
      return;
    }
    for (; ; asked.typed++) {
      const ack = await this.server.typeCommand({ user, channel, command: '/feature', text });
      asked.acks.push(ack!);
      if (ack!.failure === null || asked.typed === MOST_TYPED) return;
      await sleep(TYPED_AGAIN);
      // The answer may come although Slack said that the command failed.
      if (this.findings().some((found) => found.question === question && found.announcements > 0)) return;
    }
  }

  plan(dice: Dice): void {
    planSlackFault(this.server.faults, dice);
    if (!dice.chance(0.05)) return;
    // Slack does not hear an acknowledgement, and sends the event again.
    this.server.loseAcks();
    count(this.faults, 'event sent twice');
  }

  disturb(dice: Dice): void {
    const { socketMode } = this.server;
    const { opened } = socketMode;
    const asks = dice.chance(0.5);
    this.outages.begin(() => socketMode.opened > opened && socketMode.size > 0);
    count(this.faults, asks ? 'connection to be renewed' : 'connection cut');
    if (asks) socketMode.disconnect('refresh_requested');
    else socketMode.terminate();
  }

  findings(): Findings[] {
    const found = this.asked.map(({ question, typed }) => nothingFound(question, typed));
    const byPlace = new Map<string, Findings>();
    for (const each of found) {
      const { person, channel, layer, feature } = each.question;
      byPlace.set(`${this.channels[channel]!.id} ${layer}/${feature}`, each);
      byPlace.set(`${this.people[person]!.id} ${layer}/${feature}`, each);
    }
    for (const channel of this.server.workspace.channels.values()) this.read(channel, byPlace);
    for (const [index, { question, at }] of this.asked.entries()) {
      const { results, sentence } = found[index]!;
      if (results === 0 && sentence === undefined) found[index]!.sentence = this.whispered(question, at);
    }
    return found;
  }

  refused(): Set<Question> {
    const refused = this.asked.filter(({ acks }) => acks.at(-1)?.failure != null);
    return new Set(refused.map(({ question }) => question));
  }

  acks(): AckFinding[] {
    return this.asked.flatMap(({ question, acks }) =>
      acks.map((ack) => ({
        question,
        latency: ack.latency ?? undefined,
        disturbed: this.outages.touch(ack.sentAt) ? 'connection' : undefined,
      })),
    );
  }

  pings(): number {
    return this.said().filter((message) => pings(message).length > 0).length;
  }

  complaints(): string[] {
    return this.server.workspace.tolerated;
  }

  private read(channel: Channel, byPlace: ReadonlyMap<string, Findings>): void {
    const [person] = channel.kind === 'im' ? this.people.filter(({ id }) => channel.members.has(id)) : [];
    const byThread = new Map<string, Findings>();
    for (const message of channel.messages) {
      const text = textIn(message);
      const isList = text.includes(LIST);
      const feature = isList ? undefined : (featureIn(text) ?? askedIn(text));
      const place = `${person?.id ?? channel.id} ${feature}`;
      const findings = byPlace.get(place) ?? byThread.get(message.thread_ts ?? '');
      if (!findings) continue;
      byThread.set(message.thread_ts ?? message.ts, findings);
      if (message.user !== this.server.workspace.app.botUser) continue;
      if (isList) findings.lists += 1;
      else if (message.files) findings.pictures += 1;
      else if (text.includes('Slack did not take the picture')) findings.pictureSentences += 1;
      else if (feature) countAnnouncement(findings, text);
      else countReply(findings, text);
    }
  }

  private whispered(question: Question, at: number): string | undefined {
    const { person, channel } = question;
    const to = this.people[person]!;
    const place = this.channels[channel]!.id;
    return this.server
      .ephemerals(to)
      .find(
        ({ channel, ts, text }) => channel === place && Number(ts) * 1000 > at && concerns(text, question),
      )?.text;
  }

  private said(): (Message | Ephemeral)[] {
    const { workspace } = this.server;
    const all = [...workspace.channels.values()].flatMap(({ messages }) => messages);
    return [...all, ...workspace.ephemerals].filter(({ user }) => user === workspace.app.botUser);
  }
}

/** Slack's clients show the blocks; texts beside them are shortened. */
function textIn({ text, blocks, files }: Message): string {
  return [text, JSON.stringify(blocks ?? []), JSON.stringify(files?.map(({ title }) => title) ?? [])].join(
    '\n',
  );
}

/** The feature in a mention that somebody typed. */
function askedIn(text: string): string | undefined {
  const found = /> (\d+) (\d+) scale=/.exec(text);
  return found ? `${found[1]}/${found[2]}` : undefined;
}
