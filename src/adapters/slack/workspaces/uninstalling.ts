import type { App } from '@slack/bolt';
import type { Log } from '../../../operations/index.js';
import type { Installations } from '../../../store/index.js';

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
