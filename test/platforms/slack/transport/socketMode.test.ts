import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ownTime } from '../../../support/ownTime.js';
import { until } from '../../../support/until.js';
import { SlackServer } from '../slackServer.js';
import { PICTURE, type Seen, socketApp } from '../tinyApp.js';
import type { Channel, User } from '../types.js';
import type { PretendedSlack } from '../world/options.js';

let server: SlackServer;
let stop: () => Promise<unknown>;
let seen: Seen;
let ada: User;
let channel: Channel;

async function begin(options: Partial<PretendedSlack> = {}): Promise<void> {
  server = await new SlackServer(options).start();
  const tiny = socketApp(server);
  seen = tiny.seen;
  stop = () => tiny.app.stop();
  ada = server.addUser('ada');
  channel = server.addChannel('features', [ada]);
  await tiny.app.start();
}

beforeEach(() => begin());
afterEach(async () => {
  await stop();
  await server.stop();
});

/** Stopping Bolt in the middle of a handshake rejects a promise that nobody holds, so tests wait for its end. */
async function settled(sockets: number): Promise<void> {
  await until(`${sockets} open sockets`, () => server.socketMode.size === sockets);
  await new Promise((resolve) => setTimeout(resolve, 50));
}

const command = (text: string) =>
  server.typeCommand({ user: ada.id, channel: channel.id, command: '/feature', text });

test('a command is acknowledged and answered with a message and a picture in its thread', async () => {
  const asked = ownTime();
  const ack = await command('10 777 scale=4');
  expect(ownTime() - asked).toBeLessThan(1_000);
  expect(ack).toMatchObject({ what: '/feature', late: false, failure: null, attempt: 0 });
  const picture = await until('a picture in the thread', () => server.messages(channel)[0]?.replies[0]);
  expect(server.messages(channel)[0]!.text).toBe('feature 10 777 scale=4');
  expect(picture.files).toHaveLength(1);
  expect(server.files[0]).toMatchObject({
    name: 'tree.png',
    title: 'tree',
    altText: 'a tree of definitions',
    bytes: PICTURE,
    shares: [{ channel: channel.id, ts: picture.ts, threadTs: server.messages(channel)[0]!.ts }],
  });
  expect(server.workspace.tolerated).toEqual([]);
});

test('a command typed in a thread never reaches the app', async () => {
  const { message } = await server.say({ user: ada.id, channel: channel.id, text: 'a thread' });
  const options = { user: ada.id, channel: channel.id, command: '/feature', text: '1 2', thread: message.ts };
  expect(await server.typeCommand(options)).toBe(null);
  expect(server.acks).toEqual([]);
});

test('a mention in a thread is answered there', async () => {
  const { message } = await server.say({ user: ada.id, channel: channel.id, text: 'a thread' });
  await server.mention({ user: ada.id, channel: channel.id, text: 'scale=5 & <b>', thread: message.ts });
  await until('two replies', () => server.messages(channel)[0]!.replies.length === 2);
  expect(seen.mentions).toEqual(['<@U0GHOST> scale=5 &amp; &lt;b&gt;']);
  expect(server.messages(channel)[0]!.replies[1]!.text).toBe('heard');
});

test('a button of a message acts in its thread and answers in private', async () => {
  await command('10 777');
  const parent = await until('a message', () => server.messages(channel)[0]);
  const ack = await server.clickButton({ user: ada.id, messageTs: parent.ts, actionId: 'bigger' });
  expect(ack).toMatchObject({ what: 'block_actions', failure: null });
  await until('a private answer', () => server.ephemerals(ada).length === 1);
  expect(server.messages(channel)[0]!.replies.map((reply) => reply.text)).toContain('bigger it is');
  expect(server.ephemerals(ada)[0]!.text).toBe('done');
});

test('a shortcut on a message is answered in its thread', async () => {
  const { message } = await server.say({ user: ada.id, channel: channel.id, text: 'look at L10 F777' });
  await server.openShortcut({ user: ada.id, messageTs: message.ts, callbackId: 'explain' });
  const reply = await until('a reply', () => server.messages(channel)[0]!.replies[0]);
  expect(reply.text).toBe('explained: look at L10 F777');
});

test('a modal is opened, complained about, and submitted', async () => {
  await command('');
  await until('an open form', () => server.views.length === 1);
  await server.submitView({ user: ada.id, values: { layer: 'x' } });
  expect(server.views[0]).toMatchObject({ open: true, errors: { layer: 'a number, please' } });
  await server.submitView({ user: ada.id, values: { layer: '10' } });
  expect(server.views[0]).toMatchObject({ open: false });
  expect(seen.submitted).toEqual(['10']);
});

test('a required field left empty is stopped before the app sees it', async () => {
  await command('');
  await until('an open form', () => server.views.length === 1);
  await expect(server.submitView({ user: ada.id })).rejects.toThrow('the form needs a value for layer');
});

test('a private answer reaches one person only', async () => {
  const bob = server.addUser('bob');
  channel.members.add(bob.id);
  await command('private');
  await until('a private answer', () => server.ephemerals(ada).length === 1);
  expect(server.ephemerals(ada)[0]!.text).toBe('only you see this');
  expect(server.ephemerals(bob)).toEqual([]);
  expect(server.messages(channel)).toEqual([]);
});

test('with no socket a command fails at once', async () => {
  server.socketMode.terminate();
  await until('no open socket', () => server.socketMode.size === 0);
  expect(await command('1 2')).toMatchObject({ failure: 'no connection', latency: null });
});

test('a refreshed or broken socket comes back by itself', async () => {
  server.socketMode.disconnect('refresh_requested');
  await until(
    'a socket after the refreshed one',
    () => server.socketMode.opened === 2 && server.socketMode.size === 1,
  );
  server.socketMode.terminate();
  await until(
    'a socket after the broken one',
    () => server.socketMode.opened === 3 && server.socketMode.size === 1,
  );
  expect(await command('1 2')).toMatchObject({ failure: null });
});

test('a stalled socket is given up for a new one', async () => {
  server.socketMode.stall();
  // The server does not notice: the dead socket stays and would still be given envelopes.
  await settled(2);
});

test('envelopes are spread over several sockets', async () => {
  const second = socketApp(server);
  await second.app.start();
  await until('two open sockets', () => server.socketMode.size === 2);
  for (const text of ['1', '2', '3', '4']) await server.mention({ user: ada.id, channel: channel.id, text });
  await until('four mentions', () => seen.mentions.length + second.seen.mentions.length === 4);
  expect(seen.mentions).toHaveLength(2);
  await second.app.stop();
});

test('an ack on a socket that is being replaced fails in the app and the command is lost', async () => {
  const tiny = socketApp(server);
  tiny.app.command('/slow', async ({ ack }) => {
    await new Promise((resolve) => setTimeout(resolve, 60));
    await ack();
    tiny.seen.submitted.push('after the ack');
  });
  server.socketMode.disconnect('refresh_requested');
  await until('no open socket', () => server.socketMode.size === 0);
  await tiny.app.start();
  const lost = server.typeCommand({ user: ada.id, channel: channel.id, command: '/slow', text: '' });
  server.socketMode.disconnect('refresh_requested');
  expect(await lost).toMatchObject({ failure: 'connection lost', latency: null });
  await until('an error in the app', () => tiny.seen.errors.length === 1);
  expect(tiny.seen.errors).toEqual(['Failed to send a WebSocket message as the client is not ready']);
  expect(tiny.seen.submitted).toEqual([]);
  await settled(2);
  await tiny.app.stop();
});

test('a ticket opens one socket', async () => {
  const url = server.socketMode.address(server.url.replace('/api/', ''));
  const open = () =>
    new Promise<string>((resolve) => {
      const socket = new WebSocket(url);
      socket.on('message', (data) => {
        socket.close();
        resolve(String(data));
      });
      socket.on('error', (error) => resolve(error.message));
    });
  expect(JSON.parse(await open())).toMatchObject({
    type: 'hello',
    num_connections: 2,
    connection_info: { app_id: 'A0GHOST' },
    debug_info: { host: 'applink-test' },
  });
  expect(await open()).toBe('Unexpected server response: 401');
});

test('the app hears mentions where it is a member, and everything said to it directly', async () => {
  const elsewhere = server.addChannel('elsewhere', [ada], { withBot: false });
  expect(await server.mention({ user: ada.id, channel: elsewhere.id, text: 'hello' })).toMatchObject({
    ack: null,
  });
  expect(await server.say({ user: ada.id, channel: channel.id, text: 'hello' })).toMatchObject({ ack: null });
  const direct = server.directMessages(ada);
  const { ack } = await server.say({ user: ada.id, channel: direct.id, text: 'hello' });
  expect(ack).toMatchObject({ what: 'message', failure: null });
});
