import { randomBytes } from 'node:crypto';
import { HTTPReceiver, type HTTPReceiverOptions, type InstallationStore, type Logger } from '@slack/bolt';
import type { SlackInstallOptions } from '../../../configuration/platforms.js';
import type { Log } from '../../../operations/index.js';
import type { Store } from '../../../store/index.js';
import { clientOptions, webClient } from '../workspaces/connect.js';
import { manifestScopes } from '../workspaces/scopes.js';
import { installPage, tellFailed, tellInstalled, tellRefused } from './pages.js';
import { SingleUseStates } from './state.js';

interface Listening {
  /** Absent over Socket Mode: the server then has the pages alone, and takes no events. */
  signingSecret: string | undefined;
  port: number;
  apiUrl: string | undefined;
}

/**
 * An HTTP server with the pages /slack/install and /slack/oauth_redirect, by which people install ghosttree in
 * their workspaces, and with /slack/events where there is a signing secret.
 */
export function installingReceiver(
  { clientId, clientSecret, stateSecret }: SlackInstallOptions,
  { signingSecret, port, apiUrl }: Listening,
  installationStore: InstallationStore,
  { firstTime }: Pick<Store, 'firstTime'>,
  logger: Logger,
  log: Log,
): HTTPReceiver {
  const scopes = manifestScopes();
  const events = signingSecret
    ? { signingSecret }
    : { signingSecret: randomBytes(32).toString('hex'), endpoints: [] };
  return new HTTPReceiver({
    ...events,
    port,
    logger,
    clientId,
    clientSecret,
    scopes,
    installationStore,
    installerOptions: {
      stateStore: new SingleUseStates(stateSecret, { scopes }, firstTime),
      ...(apiUrl ? { authorizationUrl: new URL('/oauth/v2/authorize', apiUrl).href } : {}),
      clientOptions: clientOptions(apiUrl, logger),
      renderHtmlForInstallPath: installPage,
      callbackOptions: callbacks(apiUrl, logger, log),
    },
  });
}

type Callbacks = NonNullable<NonNullable<HTTPReceiverOptions['installerOptions']>['callbackOptions']>;

function callbacks(apiUrl: string | undefined, logger: Logger, log: Log): Callbacks {
  return {
    async afterInstallation({ isEnterpriseInstall, team, bot }, _options, _request, response) {
      if (!isEnterpriseInstall && team && bot) return true;
      // A token that we cannot use is better revoked.
      if (bot)
        await webClient(bot.token, apiUrl, logger)
          .auth.revoke()
          .catch(() => {});
      log.info(
        'Slack: an installation in a whole organisation was refused; workspaces can install ghosttree',
      );
      tellRefused(response);
      return false;
    },
    success({ team }, _options, _request, response) {
      log.info(`Slack: installed in workspace ${team?.id}`);
      tellInstalled(response);
    },
    failure: ({ code }, _options, _request, response) => tellFailed(response, code),
  };
}
