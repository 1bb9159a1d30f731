import { App } from '@slack/bolt';
import type { Configuration } from '../../configuration/index.js';
import type { SlackOptions } from '../../configuration/platforms.js';
import { InputError } from '../../core/index.js';
import type { Log } from '../../operations/index.js';
import type { Store } from '../../store/index.js';
import type { RunningAdapter } from '../chat/adapter.js';
import type { Conversations } from '../chat/conversations.js';
import { SlackBoard } from './board.js';
import { connectMany, connectOne } from './connections.js';
import { listen } from './listeners.js';
import { placeAt } from './place.js';
import { reason } from './posting/errors.js';
import { listenToReactions } from './reactions.js';
import { boltLogger } from './receiving/boltLogger.js';
import { together } from './receiving/receivers.js';
import { socketMode } from './receiving/socketMode.js';
import { checkAppToken, webClient } from './workspaces/connect.js';
import { hearUninstalls } from './workspaces/installations.js';
import { authorizeBy, type Workspaces } from './workspaces/workspaces.js';

export { examineSlack } from './examine.js';
export { manifestScopes } from './workspaces/scopes.js';

const PORT = 3_000;

/** Slack while it is connected; it also knows the workspaces, for what is posted unasked. */
export interface SlackAdapter extends RunningAdapter, Workspaces {}

/** What many workspaces need of the store. */
export type SlackStore = Pick<Store, 'installations' | 'firstTime'>;

/**
 * Connects to Slack and answers what people ask there. What is being answered when it is closed can still be
 * told: close the conversations after it.
 *
 * @param store where installations are kept
 * @throws {InputError} when a token is missing or not accepted, an installation cannot be decrypted, or Slack
 *   cannot be reached
 */
export async function startSlack(
  settings: SlackOptions,
  conversations: Conversations,
  configuration: Configuration,
  log: Log,
  store: SlackStore,
): Promise<SlackAdapter> {
  const { installing, appToken, signingSecret, port = PORT, apiUrl } = settings;
  if (!appToken && !signingSecret) {
    throw new InputError(
      'Set SLACK_APP_TOKEN (Socket Mode), or SLACK_SIGNING_SECRET and PORT (HTTP), besides SLACK_BOT_TOKEN.',
    );
  }
  const logger = boltLogger(log);
  const { workspaces, http, who } = installing
    ? await connectMany({ ...settings, port }, installing, store, logger, log)
    : await connectOne({ ...settings, port }, logger, log);
  if (appToken) await checkAppToken(webClient(appToken, apiUrl, logger));
  const socket = appToken ? socketMode(appToken, apiUrl, logger, log) : undefined;
  const receiver = together([http, socket].filter((each) => each !== undefined));
  const app = new App({ receiver, logger, authorize: authorizeBy(workspaces), convoStore: false });
  listen(app, conversations, configuration, log);
  listenToReactions(app, conversations);
  if (installing) hearUninstalls(app, store.installations, log);
  await started(app, port);
  log.info(`Slack: connected ${who}${socket ? ' over Socket Mode' : ''}`);
  return {
    name: 'Slack',
    // Over HTTP it is Slack that connects.
    isConnected: () => socket?.isConnected() ?? true,
    board: new SlackBoard(workspaces),
    placeAt: (bookmark) => placeAt(bookmark, workspaces),
    workspaceOf: (team) => workspaces.workspaceOf(team),
    close: () => app.stop() as Promise<void>,
  };
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
