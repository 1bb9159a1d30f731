import { HTTPReceiver, type Logger, type Receiver, SocketModeReceiver, webApi } from '@slack/bolt';
import { InputError } from '../../core/index.js';
import type { AdapterLog } from '../chat/adapter.js';
import type { SlackSettings } from './index.js';
import { TIMEOUT } from './respond.js';
import { errorCode, reason } from './slackErrors.js';

const PORT = 3_000;
/** Socket Mode waits so long for a pong, and as long before it connects again; commands in that gap fail. */
const PING_TIMEOUT = 3_000;
/** A socket that could not be opened is tried again after this, for ever. */
const RECONNECT_AFTER = 30_000;
/** Reconnecting, in milliseconds; the Web API is asked for a new address until it answers. */
const RECONNECT = { forever: true, factor: 1.3, maxTimeout: 30_000 };

/** What config/slack-manifest.yaml asks for. */
const SCOPES = ['app_mentions:read', 'chat:write', 'commands', 'files:write', 'im:history'];

export interface Identity {
  botUser: string;
  botId: string;
  botName: string;
}

/** A client that leaves repeating to us: see patience.ts. */
export function webClient(token: string, { apiUrl }: SlackSettings, logger: Logger): webApi.WebClient {
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
export async function identify(client: webApi.WebClient, log: AdapterLog): Promise<Identity> {
  const answer = await asked(
    client.auth.test(),
    client,
    'SLACK_BOT_TOKEN',
    'copy the Bot User OAuth Token (xoxb-…) from "OAuth & Permissions" in the settings of your Slack app',
  );
  const granted = answer.response_metadata?.scopes ?? [];
  const missing = SCOPES.filter((scope) => granted.length > 0 && !granted.includes(scope));
  if (missing.length > 0) {
    log.info(`The Slack app lacks the scopes ${missing.join(', ')}: see config/slack-manifest.yaml`);
  }
  return { botUser: answer.user_id!, botId: answer.bot_id ?? '', botName: answer.user ?? 'ghosttree' };
}

/**
 * Makes sure that Slack will open a socket: what is tried again for ever later must be right once.
 *
 * @throws {InputError} when the app-level token is not accepted
 */
export async function checkAppToken(client: webApi.WebClient): Promise<void> {
  await asked(
    client.apps.connections.open({}),
    client,
    'SLACK_APP_TOKEN',
    'make an app-level token (xapp-…) with the scope connections:write under "Basic Information" of your Slack app',
  );
}

async function asked<T>(
  call: Promise<T>,
  client: webApi.WebClient,
  variable: string,
  remedy: string,
): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (errorCode(error)) throw new InputError(`Slack refuses ${variable} (${reason(error)}): ${remedy}.`);
    throw new InputError(
      `Slack cannot be reached at ${client.slackApiUrl} (${reason(error)}): check the network, and SLACK_API_URL if it is set.`,
    );
  }
}

/** Events over a websocket that we open: no public address is needed. */
export function socketMode(
  appToken: string,
  { apiUrl }: SlackSettings,
  logger: Logger,
  log: AdapterLog,
): Receiver {
  let closed = false;
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    clientPingTimeout: PING_TIMEOUT,
    // An own receiver does not see the App's clientOptions, slackApiUrl among them.
    installerOptions: {
      clientOptions: {
        ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
        retryConfig: RECONNECT,
        // Once we are closed nothing may open a socket again; a promise that stays open holds nobody up.
        fetch: (url, init) => (closed ? new Promise(() => {}) : fetch(url, init)),
      },
    },
  });
  const { client } = receiver;
  const start = client.start.bind(client);
  // Its own reconnecting calls start() and lets a refusal go unhandled, which would end the process.
  client.start = async () => {
    for (;;) {
      try {
        return await start();
      } catch (error) {
        log.fault(`The connection to Slack is lost (${reason(error)}) and is tried again`, undefined);
        await new Promise((resolve) => setTimeout(resolve, RECONNECT_AFTER).unref());
        if (closed) return new Promise(() => {});
      }
    }
  };
  const stop = receiver.stop.bind(receiver);
  receiver.stop = () => {
    closed = true;
    return stop();
  };
  return receiver;
}

/** Events as signed requests to a public address; Bolt refuses signatures that are wrong, missing or old. */
export function httpMode(signingSecret: string, { port = PORT }: SlackSettings, logger: Logger): Receiver {
  return new HTTPReceiver({ signingSecret, port, logger });
}
