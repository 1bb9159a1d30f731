import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningAdapter } from '../../../src/adapters/chat/adapter.js';
import { Conversations } from '../../../src/adapters/chat/conversations.js';
import { startSlack } from '../../../src/adapters/slack/index.js';
import { boltLogger } from '../../../src/adapters/slack/receiving/boltLogger.js';
import { webClient } from '../../../src/adapters/slack/workspaces/connect.js';
import { manifestScopes } from '../../../src/adapters/slack/workspaces/scopes.js';
import { createWorkspace, type Workspace } from '../../../src/adapters/slack/workspaces/workspace.js';
import { coreSettings, jobLimits, readConfiguration } from '../../../src/configuration/index.js';
import type { SlackOptions } from '../../../src/configuration/platforms.js';
import { createCore } from '../../../src/core/index.js';
import { LocalJobs } from '../../../src/jobs/local/localJobs.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { SlackServer, type Thread } from '../../platforms/slack/slackServer.js';
import type { Channel, Ephemeral, Fields, Message, User } from '../../platforms/slack/types.js';
import type { PretendedSlack } from '../../platforms/slack/world/options.js';
import { notedLog } from '../../support/notedLog.js';
import { fixture } from '../../support/tinyModel.js';
import { until } from '../../support/until.js';

export const QUICK = '0 7 cutoff=0.01 tokens=20';
export const LONG = '0 7 cutoff=1e-8 top=20 close=off nodes=20000';
export const configuration = readConfiguration(fixture('config'));

/** A workspace with Ada, Bob, a channel and the bot in it, connected to the real core. */
export class Team {
  adapter!: RunningAdapter;
  conversations!: Conversations;
  readonly infos: string[] = [];
  readonly faults: string[] = [];
  readonly ada: User;
  readonly bob: User;
  readonly general: Channel;
  store!: Store;
  settings!: SlackOptions;
  readonly log = notedLog(this.infos, this.faults);

  private constructor(
    readonly server: SlackServer,
    private readonly core: ReturnType<typeof createCore>,
  ) {
    this.ada = server.addUser('ada');
    this.bob = server.addUser('bob');
    this.general = server.addChannel('general', [this.ada, this.bob]);
  }

  static async start(
    core: ReturnType<typeof createCore>,
    options: Partial<PretendedSlack> = {},
    transport: 'socket' | 'http' = 'socket',
  ): Promise<Team> {
    const server = await new SlackServer({ scopes: manifestScopes(), ...options }).start();
    const team = new Team(server, core);
    const { botToken, appToken, signingSecret } = server.workspace.options;
    const port = await freePort();
    team.settings =
      transport === 'socket'
        ? { botToken, appToken, apiUrl: server.url }
        : { botToken, signingSecret, port, apiUrl: server.url };
    team.store = await openStore(':memory:');
    await team.restart();
    if (transport === 'http') server.deliverTo(`http://127.0.0.1:${port}/slack/events`);
    return team;
  }

  /** A new process as far as Slack can tell; the store stays. */
  async restart(): Promise<void> {
    await this.adapter?.close();
    const context = {
      configuration,
      jobs: new LocalJobs(this.core, jobLimits(configuration.settings)),
      schedules: this.store.schedules,
      placeSettings: this.store.settings,
    };
    this.conversations = new Conversations(context, this.store, this.log);
    this.adapter = await startSlack(this.settings, this.conversations, configuration, this.log, this.store);
  }

  /** For places made by hand. */
  workspace(): Workspace {
    const { app, team } = this.server.workspace;
    const client = webClient(this.settings.botToken!, this.server.url, boltLogger(this.log));
    return createWorkspace(client, { ...app, team: team.id }, this.log);
  }

  async stop(): Promise<void> {
    await this.adapter.close();
    await this.conversations.close();
    await this.server.stop();
    await this.store.close();
  }

  feature(text: string, { user = this.ada, channel = this.general, command = '/feature' } = {}) {
    return this.server.typeCommand({ user: user.id, channel: channel.id, command, text });
  }

  click(message: Message, label: string, user = this.ada) {
    const found = buttons(message).find((button) => button.label === label);
    if (!found) throw new Error(`no button ${label} but ${buttons(message).map((button) => button.label)}`);
    return this.server.clickButton({ user: user.id, messageTs: message.ts, actionId: found.id });
  }

  threads(channel = this.general): Thread[] {
    return this.server.messages(channel);
  }

  /** Waits for the n-th top-level message of a channel to have a list, which ends an answer. */
  async answered(index = 0, channel = this.general): Promise<Thread> {
    await until('an answer', () => this.threads(channel)[index]?.replies.some(isList));
    return this.threads(channel)[index]!;
  }

  whispered(user = this.ada): Promise<Ephemeral> {
    return until('a private answer', () => this.server.ephemerals(user).at(-1));
  }
}

export function newCore() {
  return createCore(coreSettings(configuration.settings));
}

/** All that a message shows, from its blocks. */
export function shown(message: Pick<Message, 'blocks'>): string {
  const texts: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (value && typeof value === 'object') {
      const { type, text, elements } = value as Fields;
      if (type === 'text') texts.push(String(text));
      visit(elements);
    }
  };
  visit(message.blocks ?? []);
  return texts.join('\n');
}

/** The last message of an answer. */
export function isList(message: Pick<Message, 'blocks'>): boolean {
  return shown(message).includes('Token list');
}

export function buttons(message: Pick<Message, 'blocks'>): { id: string; label: string }[] {
  return (message.blocks ?? [])
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements }) => elements as { action_id: string; text: { text: string } }[])
    .map(({ action_id, text }) => ({ id: action_id, label: text.text }));
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
