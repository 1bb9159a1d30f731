import type { PretendedSlack } from './options.js';
import { Workspace } from './workspace.js';

/** All workspaces of the pretended Slack, and which of them a token or an address belongs to. */
export class Workspaces {
  readonly first: Workspace;
  readonly all: Workspace[];

  constructor(private readonly options: PretendedSlack) {
    this.first = new Workspace(options);
    this.all = [this.first];
  }

  /** A workspace where the app is not installed yet. */
  add(domain: string): Workspace {
    const workspace = new Workspace(this.options, domain, this.all.length);
    this.all.push(workspace);
    return workspace;
  }

  /** The one that a token speaks for; tokens taken back are remembered. */
  ofToken(token: string | undefined): Workspace | undefined {
    return this.all.find(
      ({ botToken, revokedTokens }) => token && (botToken === token || revokedTokens.has(token)),
    );
  }

  ofUpload(file: string): Workspace {
    return this.all.find(({ files }) => files.has(file)) ?? this.first;
  }

  ofResponseUrl(id: string): Workspace {
    return this.all.find(({ responseUrls }) => responseUrls.has(id)) ?? this.first;
  }
}
