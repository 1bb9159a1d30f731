import type { NoticeBoard } from '../../../src/adapters/chat/platform.js';
import type { ScheduleBook } from '../../../src/schedule/index.js';
import { core, Setting } from '../discord/setting.js';
import { shown, Team } from '../slack/team.js';

/** A post as people see it. */
export interface SeenPost {
  title: string;
  /** What stands in its thread, in order: 'picture', 'list' or 'examples'; anything else as it is. */
  parts: string[];
}

/** A platform on loopback with the real client connected to it, and all that these tests want to know of it. */
export interface Town {
  readonly name: string;
  readonly board: NoticeBoard;
  readonly faults: string[];
  readonly votes: ScheduleBook;
  /** A new channel. @returns its name as in `Asker` */
  channel(): string;
  /** What the bot posted in a channel. */
  posts(channel: string): SeenPost[];
  /** Every call is cut from now on, or answered with status 503, or neither any more. */
  outage(isDown: boolean, way?: 'cut' | 'unavailable'): void;
  /** Answers of the next calls that post are lost. */
  loseAnswers(times: number): void;
  /** Forgets at once what it has otherwise remembered for some minutes, so that all has to be looked for. */
  forget(isForgetful: boolean): void;
  /** The app may not look through channels any more. */
  blind(channel: string): void;
  /** Somebody reacts to the announcement. */
  react(channel: string, person: 'ada' | 'bob' | 'bot', emoji: string, removes?: boolean): void;
  stop(): Promise<void>;
}

const FOREVER = 1e9;
const MINUTE = 60_000;

export async function slackTown(): Promise<Town> {
  const team = await Team.start(core);
  const { server } = team;
  const channelOf = (name: string) => server.workspace.channels.get(name.split(':')[2]!)!;
  return {
    name: 'Slack',
    get board() {
      return team.adapter.board;
    },
    faults: team.faults,
    get votes() {
      return team.store.schedules;
    },
    channel: () => `slack:${server.workspace.team.id}:${server.addChannel('daily', [team.ada, team.bob]).id}`,
    posts: (channel) =>
      server.messages(channelOf(channel)).map((message) => ({
        title: shown(message).split('\n')[0]!,
        parts: message.replies.map((reply) => (reply.files?.length ? 'picture' : partOf(shown(reply)))),
      })),
    outage(isDown, way = 'cut') {
      if (!isDown) server.faults.clear();
      else if (way === 'cut') server.faults.drop('*', 'before', FOREVER);
      else server.faults.status('*', 503, FOREVER);
    },
    loseAnswers: (times) => server.faults.drop('chat.postMessage', 'after', times),
    forget() {},
    blind: () => server.revokeScope('channels:history'),
    react(channel, person, name, removes = false) {
      const [message] = server.messages(channelOf(channel));
      const user = person === 'bot' ? server.workspace.app.botUser : team[person].id;
      void server.react({ user, messageTs: message!.ts, name, removes });
    },
    stop: () => team.stop(),
  };
}

export async function discordTown(): Promise<Town> {
  const setting = await new Setting().start();
  const { server } = setting;
  const channelOf = (name: string) => server.world.channel(name.split(':')[1]!);
  return {
    name: 'Discord',
    get board() {
      return setting.adapter.board;
    },
    faults: setting.faults,
    get votes() {
      return setting.store.schedules;
    },
    channel: () => `discord:${setting.freshChannel().id}`,
    posts: (channel) =>
      setting.said(channelOf(channel)).map((message) => {
        const thread = server.threadOf(message);
        return {
          title: message.content.split('\n')[0]!,
          parts: thread
            ? setting
                .said(thread)
                .map(({ attachments, content }) => (attachments.length ? 'picture' : partOf(content)))
            : [],
        };
      }),
    outage(isDown, way = 'cut') {
      if (!isDown) server.faults.clear();
      else if (way === 'cut') server.faults.drop('*', 'before', { times: FOREVER });
      else server.faults.fail('*', { times: FOREVER, status: 503 });
    },
    loseAnswers: (times) =>
      server.faults.fail('POST /channels/:channel/messages', { times, when: 'after', status: 502 }),
    forget(isForgetful) {
      server.world.nonceMs = isForgetful ? 0 : 5 * MINUTE;
    },
    blind: (channel) => server.revoke('ReadMessageHistory', { channel: channelOf(channel) }),
    react(channel, person, emoji, removes = false) {
      const [message] = setting.said(channelOf(channel));
      const user = person === 'bot' ? server.bot : setting[person];
      server.people.react({ user, message: message!, emoji, removes });
    },
    stop: () => setting.stop(),
  };
}

function partOf(text: string): string {
  if (text.startsWith('Token list')) return 'list';
  return text.includes('are votes') ? 'examples' : text;
}
