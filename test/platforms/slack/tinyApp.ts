import { App, HTTPReceiver, LogLevel, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { SlackServer } from './slackServer.js';

/** A picture's bytes, as far as these tests look at them. */
export const PICTURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 1, 2, 3, 4]);

/** Bolt reports what these tests provoke; their own assertions say more. */
const SILENT = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  getLevel: () => LogLevel.ERROR,
  setName() {},
};

const MODAL = {
  type: 'modal' as const,
  callback_id: 'form',
  title: { type: 'plain_text' as const, text: 'Draw a feature' },
  submit: { type: 'plain_text' as const, text: 'Draw' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'layer',
      label: { type: 'plain_text' as const, text: 'Layer' },
      element: { type: 'plain_text_input' as const, action_id: 'layer' },
    },
  ],
};

/** What the app did, for tests to read. */
export interface Seen {
  mentions: string[];
  retries: (number | undefined)[];
  eventIds: string[];
  submitted: unknown[];
  errors: string[];
}

/** Over Socket Mode; the short ping timeout is also the wait before a reconnect. */
export function socketApp(server: SlackServer): TinyApp {
  const receiver = new SocketModeReceiver({
    appToken: server.workspace.options.appToken,
    clientPingTimeout: 300,
    logger: SILENT,
    // An own receiver does not see the App's clientOptions.
    installerOptions: { clientOptions: { slackApiUrl: server.url } },
  });
  return tinyApp(server, receiver);
}

/** Over HTTP; `start` with port 0, then tell the server where it listens. */
export function httpApp(server: SlackServer): TinyApp {
  const { signingSecret } = server.workspace.options;
  return tinyApp(server, new HTTPReceiver({ signingSecret, logger: SILENT }));
}

export interface TinyApp {
  app: App;
  seen: Seen;
}

/**
 * A Bolt app of the shape the adapter will have: a command is acknowledged, answered with a parent message,
 * and a picture is uploaded into its thread; a button, a shortcut, a modal and mentions are heard.
 */
function tinyApp(server: SlackServer, receiver: Receiver): TinyApp {
  const seen: Seen = { mentions: [], retries: [], eventIds: [], submitted: [], errors: [] };
  const app = new App({
    token: server.workspace.options.botToken,
    logger: SILENT,
    receiver,
    // The client's own first wait is a second or two.
    clientOptions: { slackApiUrl: server.url, retryConfig: { retries: 3, minTimeout: 10, maxTimeout: 20 } },
  });
  app.error(async (error) => {
    seen.errors.push(error.message);
  });
  app.command('/feature', async ({ ack, command, client, respond }) => {
    await ack();
    if (command.text === '') {
      await client.views.open({ trigger_id: command.trigger_id, view: MODAL });
      return;
    }
    if (command.text === 'private') {
      await respond({ text: 'only you see this', response_type: 'ephemeral' });
      return;
    }
    const parent = await client.chat.postMessage({
      channel: command.channel_id,
      text: `feature ${command.text}`,
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `*feature* ${command.text}` } },
        {
          type: 'actions',
          elements: [
            { type: 'button', action_id: 'bigger', value: '8', text: { type: 'plain_text', text: 'bigger' } },
          ],
        },
      ],
    });
    await upload(app, command.channel_id, parent.ts!);
  });
  app.action('bigger', async ({ ack, body, client, respond }) => {
    await ack();
    if (body.type !== 'block_actions' || !body.message) return;
    await client.chat.postMessage({
      channel: body.channel!.id,
      thread_ts: body.message.ts,
      text: 'bigger it is',
    });
    await respond({ text: 'done', replace_original: false, response_type: 'ephemeral' });
  });
  app.shortcut('explain', async ({ ack, shortcut, client }) => {
    await ack();
    if (shortcut.type !== 'message_action') return;
    await client.chat.postMessage({
      channel: shortcut.channel.id,
      thread_ts: shortcut.message.ts,
      text: `explained: ${shortcut.message.text}`,
    });
  });
  app.view('form', async ({ ack, view }) => {
    const layer = view.state.values.layer?.layer?.value;
    if (layer === 'x') return ack({ response_action: 'errors', errors: { layer: 'a number, please' } });
    seen.submitted.push(layer);
    await ack();
  });
  app.event('app_mention', async ({ event, body, context, say }) => {
    seen.mentions.push(event.text);
    seen.retries.push(context.retryNum);
    seen.eventIds.push(body.event_id);
    await say({ text: 'heard', thread_ts: event.thread_ts ?? event.ts });
  });
  return { app, seen };
}

/** The three steps by hand: the client's uploadV2 would send the alt text under a name Slack does not read. */
export async function upload(app: App, channel: string, threadTs: string): Promise<void> {
  // A variable, because the client's types know only the wrong name, alt_text.
  const picture = { filename: 'tree.png', length: PICTURE.length, alt_txt: 'a tree of definitions' };
  const reserved = await app.client.files.getUploadURLExternal(picture);
  await fetch(reserved.upload_url!, { method: 'POST', body: new Uint8Array(PICTURE) });
  await app.client.files.completeUploadExternal({
    files: [{ id: reserved.file_id!, title: 'tree' }],
    channel_id: channel,
    thread_ts: threadTs,
  });
}
