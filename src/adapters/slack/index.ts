import { App, HTTPReceiver } from '@slack/bolt';
import type { Configuration } from '../../config.js';
import { InputError } from '../../core/index.js';
import type { Log } from '../../operations/index.js';
import type { RunningAdapter } from '../chat/adapter.js';
import type { Conversations } from '../chat/conversations.js';
import { SlackBoard } from './board.js';
import { boltLogger } from './boltLogger.js';
import { checkAppToken, identify, webClient } from './connect.js';
import { listen } from './listeners.js';
import { listenToReactions } from './reactions.js';
import { reason } from './slackErrors.js';
import { socketMode } from './socketMode.js';
import { createWorkspace } from './workspace.js';
import { authorizeBy, singleWorkspace, type Workspaces } from './workspaces.js';

const PORT = 3_000;

export interface SlackSettings {
  /** SLACK_BOT_TOKEN: xoxb-… */
  botToken: string;
  /** SLACK_APP_TOKEN: xapp-…. With it Slack is listened to over Socket Mode, which needs no public address. */
  appToken?: string | undefined;
  /** SLACK_SIGNING_SECRET, for requests over HTTP where there is no app token. */
  signingSecret?: string | undefined;
  /** PORT that HTTP requests come to. @default 3000 */
  port?: number | undefined;
  /** SLACK_API_URL: another root of the Web API. @default https://slack.com/api/ */
  apiUrl?: string | undefined;
}

/** Slack while it is connected; it also knows the workspaces, for what is posted unasked. */
export interface SlackAdapter extends RunningAdapter, Workspaces {}

/**
 * Connects to Slack and answers what people ask there. What is being answered when it is closed can still be
 * told: close the conversations after it.
 *
 * @throws {InputError} when a token is missing or not accepted, or Slack cannot be reached
 */
export async function startSlack(
  settings: SlackSettings,
  conversations: Conversations,
  configuration: Configuration,
  log: Log,
): Promise<SlackAdapter> {
  const { botToken, appToken, signingSecret = '', port = PORT, apiUrl } = settings;
  const logger = boltLogger(log);
  const client = webClient(botToken, apiUrl, logger);
  const identity = await identify(client, log);
  if (appToken) await checkAppToken(webClient(appToken, apiUrl, logger));
  else if (!signingSecret) {
    throw new InputError(
      'Set SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET and PORT (HTTP), besides SLACK_BOT_TOKEN.',
    );
  }
  const socket = appToken ? socketMode(appToken, apiUrl, logger, log) : undefined;
  const receiver = socket ?? new HTTPReceiver({ signingSecret, port, logger });
  const workspaces = singleWorkspace(createWorkspace(client, identity, log));
  const app = new App({ receiver, logger, authorize: authorizeBy(workspaces), convoStore: false });
  listen(app, conversations, configuration, log);
  listenToReactions(app, conversations);
  await started(app, port);
  log.info(`Slack: connected as @${identity.botName}${appToken ? ' over Socket Mode' : ''}`);
  const board = new SlackBoard(workspaces);
  // Over HTTP it is Slack that connects.
  const isConnected = () => socket?.isConnected() ?? true;
  return { ...workspaces, name: 'Slack', board, isConnected, close: () => app.stop() as Promise<void> };
}

async function started(app: App, port: number): Promise<void> {
  try {
    await app.start();
  } catch (error) {
    const { code } = error as { code?: string };
    throw new InputError(
      code === 'EADDRINUSE'
        ? `Port ${port} is used by another program: set PORT to another.`
        : `Slack cannot be listened to (${reason(error)}): check the network.`,
    );
  }
}
