import type { SlackOptions } from '../../configuration/platforms.js';
import { createLog } from '../../operations/index.js';
import { boltLogger } from './receiving/boltLogger.js';
import { checkAppToken, webClient, withBotToken } from './workspaces/connect.js';

/** What Slack says of the app in the operator's workspace. */
export interface SlackExamination {
  team: string;
  botName: string;
  /** Scopes that the bot token was granted. */
  scopes: string[];
}

/** The client's errors are thrown, so they need no log. */
const SILENT = createLog({ level: 'silent', format: 'json', secrets: [], debug: false });

/**
 * Asks Slack whether the tokens are good, without connecting.
 *
 * @returns undefined where there is no bot token, because workspaces install the app themselves
 * @throws {InputError} when a token is not good; UnreachableError when Slack cannot be asked
 */
export async function examineSlack({
  botToken,
  appToken,
  apiUrl,
}: SlackOptions): Promise<SlackExamination | undefined> {
  const logger = boltLogger(SILENT);
  if (appToken) await checkAppToken(webClient(appToken, apiUrl, logger));
  if (!botToken) return undefined;
  const client = webClient(botToken, apiUrl, logger);
  const { team = '', user = '', response_metadata } = await withBotToken(client, () => client.auth.test());
  return { team, botName: user, scopes: response_metadata?.scopes ?? [] };
}
