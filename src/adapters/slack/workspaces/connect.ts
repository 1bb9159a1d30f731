import { type Logger, webApi } from '@slack/bolt';
import { InputError, UnreachableError } from '../../../core/index.js';
import type { Log } from '../../../operations/index.js';
import { errorCode, reason } from '../posting/errors.js';
import { TIMEOUT } from '../posting/respond.js';
import { lackingScopes } from './scopes.js';

/** Who we are in a workspace. */
export interface Identity {
  /** Id of the workspace. */
  team: string;
  /** Our user id, id as a bot, and name there. */
  botUser: string;
  botId: string;
  botName: string;
}

/** Options of clients that repeat nothing, because patience.ts does. */
export function clientOptions(apiUrl: string | undefined, logger: Logger): webApi.WebClientOptions {
  return {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    logger,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT,
  };
}

export function webClient(token: string, apiUrl: string | undefined, logger: Logger): webApi.WebClient {
  return new webApi.WebClient(token, clientOptions(apiUrl, logger));
}

/**
 * Makes sure that the operator's bot token is good.
 *
 * @throws {InputError} when it is not accepted
 */
export function checkBotToken(client: webApi.WebClient, log: Log): Promise<Identity> {
  return withBotToken(client, () => identify(client, log));
}

/** Calls Slack. @throws {InputError} when it does not accept the operator's bot token */
export function withBotToken<T>(client: webApi.WebClient, call: () => Promise<T>): Promise<T> {
  return callWithToken(
    call,
    client,
    'SLACK_BOT_TOKEN',
    'copy the Bot User OAuth Token (xoxb-…) from "OAuth & Permissions" in the settings of your Slack app',
  );
}

/** Asks Slack who the holder of the client's token is. */
export async function identify(client: webApi.WebClient, log: Log): Promise<Identity> {
  const answer = await client.auth.test();
  const granted = answer.response_metadata?.scopes ?? [];
  const missing = granted.length > 0 ? lackingScopes(granted) : [];
  if (missing.length > 0) {
    log.info(
      `The Slack app lacks scopes: ${missing.join(', ')}. Grant those of config/slack-manifest.yaml, and install the app again`,
    );
  }
  const {
    team_id: team = '',
    user_id: botUser = '',
    bot_id: botId = '',
    user: botName = 'ghosttree',
  } = answer;
  return { team, botUser, botId, botName };
}

/**
 * Makes sure that Slack will open a socket: later attempts are repeated for ever, and would hide a wrong token.
 *
 * @throws {InputError} when the app-level token is not accepted
 */
export async function checkAppToken(client: webApi.WebClient): Promise<void> {
  await callWithToken(
    () => client.apps.connections.open({}),
    client,
    'SLACK_APP_TOKEN',
    'make an app-level token (xapp-…) with the scope connections:write under "Basic Information" of your Slack app',
  );
}

async function callWithToken<T>(
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
