import { Conversations } from '../../../src/adapters/chat/conversations.js';
import { type SlackAdapter, startSlack } from '../../../src/adapters/slack/index.js';
import { jobLimits } from '../../../src/configuration/index.js';
import type { SlackOptions } from '../../../src/configuration/platforms.js';
import type { createCore } from '../../../src/core/index.js';
import { LocalJobs } from '../../../src/jobs/local/localJobs.js';
import { newKey, openStore, readKeys, type Store } from '../../../src/store/index.js';
import { Browser } from '../../platforms/slack/people/browser.js';
import { SlackServer } from '../../platforms/slack/slackServer.js';
import type { Channel, User } from '../../platforms/slack/types.js';
import type { PretendedSlack } from '../../platforms/slack/world/options.js';
import type { Workspace } from '../../platforms/slack/world/workspace.js';
import { databases } from '../../support/databases.js';
import { notedLog } from '../../support/notedLog.js';
import { until } from '../../support/until.js';
import { configuration, freePort, isList } from './team.js';

/** A workspace in which somebody may install the app. */
export interface Member {
  workspace: Workspace;
  ada: User;
  general: Channel;
}

type Core = ReturnType<typeof createCore>;

/** Several workspaces, and one process that any of them may install, connected to the real core. */
export class Company {
  readonly infos: string[] = [];
  readonly faults: string[] = [];
  readonly log = notedLog(this.infos, this.faults);
  readonly key = newKey();
  settings!: SlackOptions;
  adapter: SlackAdapter | undefined;
  conversations!: Conversations;
  store!: Store;
  location!: string;
  private port = 0;

  private constructor(
    readonly server: SlackServer,
    private readonly core: Core,
  ) {}

  static async start(
    core: Core,
    transport: 'socket' | 'http' = 'socket',
    options: Partial<PretendedSlack> = {},
  ): Promise<Company> {
    const port = await freePort();
    const redirectUrl = `http://127.0.0.1:${port}/slack/oauth_redirect`;
    const server = await new SlackServer({ redirectUrl, ...options }).start();
    const company = new Company(server, core);
    const { clientId, clientSecret, appToken, signingSecret } = server.workspace.options;
    const installing = { clientId, clientSecret, stateSecret: 'a secret that signs states' };
    company.settings = {
      installing,
      port,
      apiUrl: server.url,
      ...(transport === 'socket' ? { appToken } : { signingSecret }),
    };
    company.port = port;
    company.location = await databases[0]!.fresh();
    await company.restart();
    if (transport === 'http') server.deliverTo(company.page('/slack/events'));
    return company;
  }

  /** Ends the process, store and all, and starts another. */
  async restart(key = this.key): Promise<void> {
    await this.end();
    this.store = await openStore(this.location, { keys: readKeys(key) });
    const jobs = new LocalJobs(this.core, jobLimits(configuration.settings));
    this.conversations = new Conversations({ configuration, jobs }, this.store, this.log);
    this.adapter = await startSlack(this.settings, this.conversations, configuration, this.log, this.store);
  }

  async stop(): Promise<void> {
    await this.end();
    await this.server.stop();
  }

  private async end(): Promise<void> {
    const { adapter } = this;
    this.adapter = undefined;
    await adapter?.close();
    await this.conversations?.close();
    await this.store?.close();
  }

  page(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** A workspace with Ada and a channel, where the app is not installed. */
  add(domain: string): Member {
    const workspace = this.server.addWorkspace(domain);
    const ada = this.server.addUser('ada', { workspace });
    return { workspace, ada, general: this.server.addChannel('general', [ada], { workspace }) };
  }

  /** Opens the page that leads to Slack, and allows the app there. @returns the address that Slack leads back to */
  async consent(browser: Browser, { workspace, ada }: Member, organisation = false): Promise<string> {
    const { status, text } = await browser.open(this.page('/slack/install'));
    if (status !== 200) throw new Error(`the install page answered ${status}`);
    return this.server.oauth.allow(browser.link(text), workspace, ada, organisation);
  }

  async install(member: Member, browser = new Browser()) {
    return browser.open(await this.consent(browser, member));
  }

  feature(text: string, { ada, general }: Member) {
    return this.server.typeCommand({ user: ada.id, channel: general.id, command: '/feature', text });
  }

  answered({ general }: Member, index = 0) {
    return until('an answer in the workspace', () => {
      const thread = this.server.messages(general)[index];
      return thread?.replies.some(isList) ? thread : undefined;
    });
  }

  /** Every token and secret that there is or was. */
  secrets(): string[] {
    const { options } = this.server.workspace;
    const tokens = this.server.workspaces.all.flatMap(({ botToken, refreshToken, revokedTokens }) => [
      botToken,
      refreshToken,
      ...revokedTokens,
    ]);
    return [
      ...tokens,
      options.clientSecret,
      options.appToken,
      this.key,
      this.settings.installing!.stateSecret,
    ]
      .filter((secret) => secret !== undefined)
      .filter((secret) => secret !== '');
  }
}
