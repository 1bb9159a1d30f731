import type { App, Installation, InstallationStore, Logger } from '@slack/bolt';
import type { Log } from '../../../operations/index.js';
import type { Installations } from '../../../store/index.js';
import { type Identity, identify, webClient } from './connect.js';

/** What is kept of an installation: Bolt's record, with the token, and who we are there. */
export interface KeptInstallation {
  installation: Installation<'v2', false>;
  identity: Identity;
}

/** What is kept about a workspace; undefined where we are not installed. */
export async function keptInstallation(
  installations: Installations,
  team: string,
): Promise<KeptInstallation | undefined> {
  const content = await installations.installation(team);
  return content === undefined ? undefined : (JSON.parse(content) as KeptInstallation);
}

/** Where Bolt keeps and finds installations: our store, which encrypts them. */
export function installationStore(
  installations: Installations,
  apiUrl: string | undefined,
  logger: Logger,
  log: Log,
): InstallationStore {
  return {
    async storeInstallation(installation) {
      const { team, bot } = installation;
      // `afterInstallation` of install/index.ts refuses these before, and tells the person.
      if (!team || !bot) throw new Error('an installation without a workspace or a bot');
      const identity = await identify(webClient(bot.token, apiUrl, logger), log);
      await installations.keep(team.id, JSON.stringify({ installation, identity }));
    },
    async fetchInstallation({ teamId = '' }) {
      const installation = await keptInstallation(installations, teamId);
      if (!installation) throw new Error(`not installed in workspace ${teamId}`);
      return installation.installation as never;
    },
    async deleteInstallation({ teamId = '' }) {
      await installations.forget(teamId, Number.MAX_SAFE_INTEGER);
    },
  };
}

/**
 * Forgets workspaces that removed ghosttree. Slack may say so late, or twice, so an installation that is newer
 * than the removal stays.
 */
export function hearUninstalls(app: App, installations: Installations, log: Log): void {
  const forget = async ({ team_id: team, event_time: seconds }: { team_id: string; event_time: number }) => {
    // Slack's seconds begin before the event.
    if (await installations.forget(team, (seconds + 1) * 1000)) {
      log.info(`Slack: ghosttree was removed from workspace ${team}`);
    }
  };
  app.event('app_uninstalled', ({ body }) => forget(body));
  app.event('tokens_revoked', async ({ event, body }) => {
    // Tokens of persons are never asked for.
    if (event.tokens.bot?.length) await forget(body);
  });
}
