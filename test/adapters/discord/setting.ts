import type { RunningAdapter } from '../../../src/adapters/chat/adapter.js';
import { Conversations } from '../../../src/adapters/chat/conversations.js';
import { startDiscord } from '../../../src/adapters/discord/index.js';
import { coreSettings, jobLimits, readConfiguration } from '../../../src/configuration/index.js';
import type { Shards } from '../../../src/configuration/platforms.js';
import {
  CancelledError,
  type Core,
  createCore,
  type JobControl,
  type ModelSource,
  type QuestionKind,
  type Report,
  type Request,
} from '../../../src/core/index.js';
import { type Answerer, LocalJobs } from '../../../src/jobs/local/localJobs.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { DiscordServer, type DiscordServerOptions } from '../../platforms/discord/discordServer.js';
import type { Channel, Interaction, Message, User } from '../../platforms/discord/world/records.js';
import { notedLog } from '../../support/notedLog.js';
import { fixture } from '../../support/tinyModel.js';
import { until } from '../../support/until.js';

export const configuration = readConfiguration(fixture('config'));

let opened: Core | undefined;
/** Test files share a process: for each of them it is opened anew. */
export const core: Core = {
  ask(kind, request, source, control) {
    opened ??= createCore(coreSettings(configuration.settings));
    return opened.ask(kind, request, source, control);
  },
  async close() {
    const { close } = opened ?? { close: async () => {} };
    opened = undefined;
    await close();
  },
};
export const closeCore = () => core.close();

/** Options of a question that is answered in a moment, and of one that takes long. */
export const QUICK = { layer: 0, feature: 7, cutoff: 0.01, tokens: 20 };
export const QUICK_LINE = 'feature 0 7 cutoff=0.01 tokens=20';
export const LONG = { layer: 0, feature: 7, cutoff: 1e-8, top: 20, close: 'off', nodes: 20000 };

/** The adapter with the real core, connected to a Discord on loopback with a guild, a channel and two people. */
export class Setting {
  readonly server: DiscordServer;
  readonly infos: string[] = [];
  readonly faults: string[] = [];
  ada!: User;
  bob!: User;
  guild!: ReturnType<DiscordServer['addGuild']>;
  channel!: Channel;
  store!: Store;
  adapter!: RunningAdapter;
  conversations!: Conversations;

  /** @param shards those of this process, if not all */
  constructor(
    options: DiscordServerOptions = {},
    private readonly shards?: Shards,
  ) {
    this.server = new DiscordServer(options);
  }

  async start(answerer: Answerer = core): Promise<this> {
    const { server } = this;
    await server.start();
    this.ada = server.addUser('ada');
    this.bob = server.addUser('bob');
    this.guild = server.addGuild('Lab', [this.ada, this.bob]);
    this.channel = server.addChannel(this.guild, 'features');
    this.store = await openStore(':memory:');
    await this.connect(answerer);
    return this;
  }

  /** Starts the adapter, anew after `disconnect`. */
  async connect(answerer: Answerer = core): Promise<void> {
    const jobs = new LocalJobs(answerer, jobLimits(configuration.settings));
    const log = notedLog(this.infos, this.faults);
    this.conversations = new Conversations(
      { configuration, jobs, schedules: this.store.schedules, placeSettings: this.store.settings },
      this.store,
      log,
    );
    const { token, apiUrl } = this.server;
    this.adapter = await startDiscord(
      { token, apiUrl, shards: this.shards },
      this.conversations,
      configuration,
      log,
    );
  }

  async disconnect(): Promise<void> {
    await Promise.all([this.conversations.close(), this.adapter.close()]);
  }

  async stop(): Promise<void> {
    await this.disconnect();
    await this.store.close();
    await this.server.stop();
  }

  /** Makes the store so slow. @returns what makes it fast again */
  slowDown(milliseconds: number): () => void {
    const { firstTime } = this.store;
    this.store.firstTime = async (event) => {
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return firstTime(event);
    };
    return () => {
      this.store.firstTime = firstTime;
    };
  }

  /** A fresh channel, so that tests do not see each other's messages. */
  freshChannel(): Channel {
    return this.server.addChannel(this.guild, 'fresh');
  }

  /** Types `/feature`. */
  feature(options: Record<string, string | number>, channel = this.channel, user = this.ada): Interaction {
    return this.server.people.typeCommand({ user, channel, name: 'feature', options });
  }

  /** What the bot said in a channel or thread. */
  said(channel: Channel): Message[] {
    return this.server
      .messages(channel)
      .filter(({ author, type }) => author === this.server.bot && type !== 21 && type !== 18);
  }

  /** Waits until an answer is complete: its last message is the list. */
  answered(channel: Channel, count = 1): Promise<Message[]> {
    return until(`${count} answers`, () => {
      const said = this.said(channel);
      return said.filter(({ content }) => content.includes('Token list')).length >= count && said;
    });
  }

  /** The thread of an answered command. */
  async threadOf(interaction: Interaction): Promise<Channel> {
    const thread = await until('a thread of the answer', () => {
      const parent = this.server.original(interaction);
      return parent && this.server.threadOf(parent);
    });
    await this.answered(thread);
    return thread;
  }
}

/** The id of a button, by its label. */
export function buttonNamed(message: Message, label: string): string | undefined {
  const buttons = message.components.flatMap(({ components }) => components ?? []);
  return buttons.find((button) => button.label === label)?.custom_id;
}

/** A core that answers when it is told to. */
export class SlowCore implements Answerer {
  private waiting: (() => void)[] = [];

  async ask<K extends QuestionKind>(
    kind: K,
    request: Request<K>,
    source: ModelSource,
    control: JobControl = {},
  ): Promise<Report<K>> {
    const { signal } = control;
    await new Promise<void>((resolve, reject) => {
      this.waiting.push(resolve);
      signal?.addEventListener('abort', () => {
        this.waiting = this.waiting.filter((waiting) => waiting !== resolve);
        reject(new CancelledError());
      });
    });
    return core.ask(kind, request, source, control);
  }

  get asked(): number {
    return this.waiting.length;
  }

  release(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}
