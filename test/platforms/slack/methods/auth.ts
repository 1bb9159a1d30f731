import type { Workspace } from '../world/workspace.js';
import { type Method, scope } from './method.js';

/**
 * auth.test, auth.revoke, and the first step of Socket Mode.
 *
 * @param openConnection makes the address of a new socket
 * @param uninstall takes the app out of a workspace
 */
export function auth(
  openConnection: () => string,
  uninstall: (workspace: Workspace) => unknown,
): Record<string, Method> {
  return {
    'auth.revoke': {
      token: 'bot',
      scopes: scope(),
      perMinute: 600,
      call: (_args, workspace: Workspace) => {
        uninstall(workspace);
        return { revoked: true };
      },
    },
    'auth.test': {
      token: 'bot',
      scopes: scope(),
      perMinute: 600,
      call: (_args, workspace: Workspace) => ({
        url: `https://${workspace.team.domain}.slack.com/`,
        team: workspace.team.domain,
        user: workspace.app.botName,
        team_id: workspace.team.id,
        user_id: workspace.app.botUser,
        bot_id: workspace.app.botId,
        is_enterprise_install: false,
      }),
    },
    'apps.connections.open': {
      token: 'app',
      scopes: scope(),
      perMinute: 600,
      call: () => ({ url: openConnection() }),
    },
  };
}
