import { HTTPReceiver, type Logger } from '@slack/bolt';
import type { SlackInstallOptions } from '../../configuration/platforms.js';
import type { Log } from '../../operations/index.js';
import type { Store } from '../../store/index.js';
import { counted } from '../../text/units.js';
import { installingReceiver } from './install/index.js';
import { checkBotToken, webClient } from './workspaces/connect.js';
import { installationStore } from './workspaces/installations.js';
import { InstalledWorkspaces } from './workspaces/installedWorkspaces.js';
import { createWorkspace } from './workspaces/workspace.js';
import { singleWorkspace, type Workspaces } from './workspaces/workspaces.js';

interface Settings {
  botToken?: string | undefined;
  appToken?: string | undefined;
  signingSecret?: string | undefined;
  port: number;
  apiUrl?: string | undefined;
}

interface Connection {
  workspaces: Workspaces;
  /** The HTTP server: for events where there is no Socket Mode, for pages where people install. */
  http: HTTPReceiver | undefined;
  /** For the log. */
  who: string;
}

/**
 * The one workspace of a bot token.
 *
 * @throws {InputError} when the token is not accepted
 */
export async function connectOne(
  { botToken = '', appToken, signingSecret = '', port, apiUrl }: Settings,
  logger: Logger,
  log: Log,
): Promise<Connection> {
  const client = webClient(botToken, apiUrl, logger);
  const identity = await checkBotToken(client, log);
  return {
    workspaces: singleWorkspace(createWorkspace(client, identity, log)),
    http: appToken ? undefined : new HTTPReceiver({ signingSecret, port, logger }),
    who: `as @${identity.botName}`,
  };
}

/**
 * Every workspace in which people installed the app, now or later.
 *
 * @throws {InputError} when an installation cannot be decrypted
 */
export async function connectMany(
  { appToken, signingSecret, port, apiUrl }: Settings,
  installing: SlackInstallOptions,
  store: Pick<Store, 'installations' | 'firstTime'>,
  logger: Logger,
  log: Log,
): Promise<Connection> {
  const { installations } = store;
  const renewed = await installations.renew();
  if (renewed > 0) log.info(`Slack: encrypted with the newer key: ${renewed} of the installations`);
  const http = installingReceiver(
    installing,
    { signingSecret: appToken ? undefined : signingSecret, port, apiUrl },
    installationStore(installations, apiUrl, logger, log),
    store,
    logger,
    log,
  );
  const query = { enterpriseId: undefined, isEnterpriseInstall: false } as const;
  const workspaces = new InstalledWorkspaces(
    installations,
    async (teamId) => (await http.installer!.authorize({ ...query, teamId })).botToken,
    (token) => webClient(token, apiUrl, logger),
    log,
  );
  const { length } = await installations.teams();
  return { workspaces, http, who: `in ${counted(length, 'workspace')}` };
}
