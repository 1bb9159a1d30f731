import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../../../operations/index.js';
import { reason } from '../posting/errors.js';

/** Waits before connecting again, in milliseconds: commands in between fail in front of the people who type them. */
const FIRST_WAIT = 200;
const LONGEST_WAIT = 30_000;
/** A socket without a pong for this long is dead. Our thread is never busy for half as long. */
const PING_TIMEOUT = 3_000;
/** After a connection that lasted this long the waits start over. */
const GOOD = 5_000;
/** After an error Slack's client may wait half a minute for a goodbye that never comes; we do not. */
const GOODBYE = 1_000;

/**
 * Events over a websocket that we open, so that no public address is needed. It is opened again whenever it
 * closes, for as long as that takes: Bolt's own reconnecting waits five seconds at least, and lets some refusals
 * go unhandled, which would end the process.
 *
 * @param apiUrl root of the Web API, where it is not Slack's own
 */
export function socketMode(
  appToken: string,
  apiUrl: string | undefined,
  logger: Logger,
  log: Log,
): Receiver & { isConnected(): boolean } {
  let closed = false;
  let connected = false;
  let reconnecting = false;
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    autoReconnectEnabled: false,
    clientPingTimeout: PING_TIMEOUT,
    // A receiver that we make does not see the App's clientOptions, slackApiUrl among them.
    installerOptions: {
      clientOptions: { ...(apiUrl ? { slackApiUrl: apiUrl } : {}), retryConfig: { retries: 0 } },
    },
  });
  const { client } = receiver;
  surviveMessages(client, log);

  let wait = FIRST_WAIT;
  let since = Date.now();
  const reconnect = async () => {
    reconnecting = true;
    if (Date.now() - since > GOOD) wait = FIRST_WAIT;
    for (let open = false; !open && !closed; ) {
      await sleep(wait);
      wait = Math.min(2 * wait, LONGEST_WAIT);
      open = !closed && (await isStarted());
    }
    since = Date.now();
    reconnecting = false;
    // Closed while the socket was being opened.
    if (closed) void client.disconnect();
  };
  const isStarted = async () => {
    try {
      await client.start();
      return true;
    } catch (error) {
      log.info(`Slack: the connection is lost (${reason(error)}); trying again in ${wait} ms`);
      return false;
    }
  };
  let disconnected = 0;
  client.on('connected', () => {
    connected = true;
  });
  client.on('disconnected', () => {
    connected = false;
    disconnected++;
    if (!closed && !reconnecting) void reconnect();
  });
  client.on('error', () => {
    const before = disconnected;
    const hurry = () => {
      if (!closed && disconnected === before) void client.disconnect();
    };
    setTimeout(hurry, GOODBYE).unref();
  });

  return {
    isConnected: () => connected,
    init: (app) => receiver.init(app),
    start: async () => {
      try {
        return await receiver.start();
      } catch (error) {
        closed = true;
        throw error;
      }
    },
    stop: () => {
      closed = true;
      return receiver.stop();
    },
  };
}

/** Drops messages that Slack's client cannot read: it reads them in a promise that nobody awaits, whose failure would end the process. */
function surviveMessages(client: SocketModeReceiver['client'], log: Log): void {
  const [read] = client.listeners('ws_message') as ((...message: unknown[]) => Promise<void>)[];
  if (!read) return;
  client.removeAllListeners('ws_message');
  client.on('ws_message', (...message) => {
    read(...message).catch((error: unknown) => log.fault('Slack: a message was dropped', error));
  });
}
