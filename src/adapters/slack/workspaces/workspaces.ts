import type { Authorize, Context } from '@slack/bolt';
import type { Workspace } from './workspace.js';

/** The workspaces that we are installed in. */
export interface Workspaces {
  /**
   * @param team id of a workspace; where a single token is used, that token's workspace is meant whatever the id
   * @returns undefined where we are not installed (any more)
   */
  workspaceOf(team: string): Promise<Workspace | undefined>;
}

/** An event came from a workspace where we are not installed. */
export class NotInstalledError extends Error {
  override readonly name = 'NotInstalledError';
  constructor(readonly team: string) {
    super(`not installed in workspace ${team}`);
  }
}

/** The one workspace of a bot token. */
export function singleWorkspace(workspace: Workspace): Workspaces {
  return { workspaceOf: async () => workspace };
}

/**
 * What Bolt asks before it hands out an event: which workspace it belongs to. Bolt gets no token, so that messages
 * can only be sent through the workspace.
 */
export function authorizeBy(workspaces: Workspaces): Authorize<boolean> {
  return async ({ teamId, enterpriseId }) => {
    const team = teamId ?? enterpriseId ?? '';
    const workspace = await workspaces.workspaceOf(team);
    if (!workspace) throw new NotInstalledError(team);
    const { botId, botUser: botUserId } = workspace;
    return { teamId: workspace.team, botId, botUserId, workspace };
  };
}

/** The workspace that `authorizeBy` found for an event. */
export function workspaceIn(context: Context): Workspace {
  return context.workspace as Workspace;
}
