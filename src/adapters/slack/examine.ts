import { createLog } from '../../operations/index.js';
import { boltLogger } from './boltLogger.js';
import { checkAppToken, identify, webClient } from './connect.js';
import type { SlackSettings } from './index.js';

/** What Slack says of the app. */
export interface SlackExamination {
  team: string;
  botName: string;
  /** Scopes that the bot token was granted. */
  scopes: string[];
}

/** What the client has to tell is told by what it throws. */
const SILENT = createLog({ level: 'silent', format: 'json', secrets: [], debug: false });

/**
 * Asks Slack whether the tokens are good, without connecting.
 *
 * @throws {InputError} when one is not; UnreachableError when Slack cannot be asked
 */
export async function examineSlack({ botToken, appToken, apiUrl }: SlackSettings): Promise<SlackExamination> {
  const logger = boltLogger(SILENT);
  const { teamName: team, botName, scopes } = await identify(webClient(botToken, apiUrl, logger), SILENT);
  if (appToken) await checkAppToken(webClient(appToken, apiUrl, logger));
  return { team, botName, scopes };
}
