import type { webApi } from '@slack/bolt';
import type { Log } from '../../../operations/index.js';
import type { Installations } from '../../../store/index.js';
import { type KeptInstallation, keptInstallation } from './installations.js';
import { createWorkspace, type Workspace } from './workspace.js';
import type { Workspaces } from './workspaces.js';

/** Most workspaces whose clients are cached; others are made again when an event comes from them. */
const MOST_OPEN = 1_000;

interface Opened {
  token: string;
  workspace: Workspace;
}

/**
 * The workspaces that the store has an installation of. The store is asked for every event: another process may
 * have installed, replaced or removed one.
 */
export class InstalledWorkspaces implements Workspaces {
  /** The least recently used first. */
  private readonly opened = new Map<string, Opened>();
  private readonly renewing = new Map<string, Promise<string | undefined>>();

  constructor(
    private readonly installations: Installations,
    /** A token that is good for a while, of an installation whose tokens expire. */
    private readonly renewedToken: (team: string) => Promise<string | undefined>,
    private readonly clientFor: (token: string) => webApi.WebClient,
    private readonly log: Log,
  ) {}

  async workspaceOf(team: string): Promise<Workspace | undefined> {
    const installation = await keptInstallation(this.installations, team);
    const token = installation && (await this.tokenOf(team, installation));
    const cached = this.opened.get(team);
    this.opened.delete(team);
    if (!installation || !token) return undefined;
    const opened = cached?.token === token ? cached : { token, workspace: this.open(token, installation) };
    this.opened.set(team, opened);
    const [oldest] = this.opened.keys();
    if (this.opened.size > MOST_OPEN) this.opened.delete(oldest!);
    return opened.workspace;
  }

  private open(token: string, { identity }: KeptInstallation): Workspace {
    return createWorkspace(this.clientFor(token), identity, this.log);
  }

  /** A refresh token is good once, so two events that come together use it together. */
  private async tokenOf(team: string, { installation }: KeptInstallation): Promise<string | undefined> {
    const { bot } = installation;
    if (!bot?.refreshToken) return bot?.token;
    const renewing =
      this.renewing.get(team) ?? this.renewedToken(team).finally(() => this.renewing.delete(team));
    this.renewing.set(team, renewing);
    return renewing;
  }
}
