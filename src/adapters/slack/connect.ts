import { type Logger, webApi } from '@slack/bolt';
import { InputError, UnreachableError } from '../../core/index.js';
import type { Log } from '../../operations/index.js';
import { TIMEOUT } from './respond.js';
import { errorCode, reason } from './slackErrors.js';

/** What config/slack-manifest.yaml asks for. */
const SCOPES = ['app_mentions:read', 'chat:write', 'commands', 'files:write', 'im:history'];

/** Who we are in a workspace. */
export interface Identity {
  /** Id of the workspace. */
  team: string;
  /** Our user id, id as a bot, and name there. */
  botUser: string;
  botId: string;
  botName: string;
}

/** What else Slack says of us. */
interface Installation extends Identity {
  /** Name of the workspace. */
  teamName: string;
  /** What the app was granted; empty where Slack does not say. */
  scopes: string[];
}

/** A client that leaves repeating to us: see patience.ts. */
export function webClient(token: string, apiUrl: string | undefined, logger: Logger): webApi.WebClient {
  return new webApi.WebClient(token, {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    logger,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT,
  });
}

/**
 * Asks Slack who we are.
 *
 * @throws {InputError} when the bot token is not accepted
 */
export async function identify(client: webApi.WebClient, log: Log): Promise<Installation> {
  const answer = await asked(
    () => client.auth.test(),
    client,
    'SLACK_BOT_TOKEN',
    'copy the Bot User OAuth Token (xoxb-…) from "OAuth & Permissions" in the settings of your Slack app',
  );
  const granted = answer.response_metadata?.scopes ?? [];
  const missing = SCOPES.filter((scope) => granted.length > 0 && !granted.includes(scope));
  if (missing.length > 0) {
    log.info(`The Slack app lacks the scopes ${missing.join(', ')}: see config/slack-manifest.yaml`);
  }
  const {
    team_id: team = '',
    user_id: botUser = '',
    bot_id: botId = '',
    user: botName = 'ghosttree',
    team: teamName = '',
  } = answer;
  return { team, teamName, botUser, botId, botName, scopes: granted };
}

/**
 * Makes sure that Slack will open a socket: what is tried again for ever later must be right once.
 *
 * @throws {InputError} when the app-level token is not accepted
 */
export async function checkAppToken(client: webApi.WebClient): Promise<void> {
  await asked(
    () => client.apps.connections.open({}),
    client,
    'SLACK_APP_TOKEN',
    'make an app-level token (xapp-…) with the scope connections:write under "Basic Information" of your Slack app',
  );
}

async function asked<T>(
  call: () => Promise<T>,
  { token = '', slackApiUrl }: webApi.WebClient,
  variable: string,
  remedy: string,
): Promise<T> {
  // The client would complain of the whole header, token included.
  if (!/^[\x21-\x7E]+$/.test(token)) throw new InputError(`${variable} is no token: ${remedy}.`);
  try {
    return await call();
  } catch (error) {
    if (errorCode(error)) throw new InputError(`Slack refuses ${variable} (${reason(error)}): ${remedy}.`);
    throw new UnreachableError(
      `Slack cannot be reached at ${slackApiUrl} (${reason(error)}): check the network, and SLACK_API_URL if it is set.`,
    );
  }
}
