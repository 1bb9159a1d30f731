import { afterEach, beforeEach, expect, test } from 'vitest';
import { afterOwnTime } from '../../../support/ownTime.js';
import { until } from '../../../support/until.js';
import { SlackServer } from '../slackServer.js';
import { socketApp, type TinyApp } from '../tinyApp.js';
import type { Channel, User } from '../types.js';

let server: SlackServer;
let tiny: TinyApp;
let ada: User;
let channel: Channel;

beforeEach(async () => {
  server = await new SlackServer({ ackTimeout: 200, eventRetryDelays: [10], responseUrlUses: 2 }).start();
  tiny = socketApp(server);
  ada = server.addUser('ada');
  channel = server.addChannel('features', [ada]);
  await tiny.app.start();
});
afterEach(async () => {
  await tiny.app.stop();
  await server.stop();
});

const post = (text: string) => tiny.app.client.chat.postMessage({ channel: channel.id, text });
const texts = () => server.messages(channel).map((message) => message.text);

test('a rate limit is waited for, holds up every other call of the client, and posts nothing twice', async () => {
  const { ts } = await post('parent');
  server.faults.rateLimit('chat.update', { times: 1, retryAfter: 1 });
  const begun = Date.now();
  const update = tiny.app.client.chat.update({ channel: channel.id, ts: ts!, text: 'edited' });
  await until('the edit is sent', () => server.calls('chat.update').length === 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await post('other');
  await update;
  expect(Date.now() - begun).toBeGreaterThanOrEqual(950);
  expect(server.requests.slice(-3).map(({ method, status }) => [method, status])).toEqual([
    ['chat.update', 429],
    ['chat.postMessage', 200],
    ['chat.update', 200],
  ]);
  expect(texts()).toEqual(['edited', 'other']);
});

test('a connection cut after the effect makes the client post twice', async () => {
  server.faults.drop('chat.postMessage', 'after');
  await post('hello');
  expect(texts()).toEqual(['hello', 'hello']);
});

test('a connection cut before the effect is tried again', async () => {
  server.faults.drop('chat.postMessage', 'before');
  await post('hello');
  expect(texts()).toEqual(['hello']);
  expect(server.calls('chat.postMessage').map((entry) => entry.performed)).toEqual([false, true]);
});

test('an error by name reaches the app, with no effect', async () => {
  server.faults.error('chat.postMessage', 'internal_error');
  await expect(post('hello')).rejects.toThrow('An API error occurred: internal_error');
  expect(texts()).toEqual([]);
});

test('a late ack is recorded with its time', async () => {
  tiny.app.command('/slow', async ({ ack }) => {
    await new Promise<void>((resolve) => afterOwnTime(300, resolve));
    await ack('sorry');
  });
  const ack = await server.typeCommand({ user: ada.id, channel: channel.id, command: '/slow', text: '' });
  expect(ack).toMatchObject({ late: true, failure: 'timeout', latency: null });
  await until('the late ack', () => ack!.latency !== null);
  expect(ack!.latency).toBeGreaterThanOrEqual(290);
  expect(server.ephemerals()).toEqual([]);
});

test('a command the app does not know is never acknowledged', async () => {
  const ack = await server.typeCommand({ user: ada.id, channel: channel.id, command: '/nobody', text: '' });
  expect(ack).toMatchObject({ failure: 'timeout', late: true, latency: null });
});

test('an ack in time may carry a private answer', async () => {
  tiny.app.command('/quick', ({ ack }) => ack({ text: 'at once' }));
  await server.typeCommand({ user: ada.id, channel: channel.id, command: '/quick', text: '' });
  expect(server.ephemerals(ada).map((message) => message.text)).toEqual(['at once']);
});

test('an event whose ack is lost comes again with its number', async () => {
  server.loseAcks();
  await server.mention({ user: ada.id, channel: channel.id, text: 'scale=5' });
  await until('the event and its repetition', () => tiny.seen.retries.length === 2);
  expect(tiny.seen.retries).toEqual([0, 1]);
  expect(new Set(tiny.seen.eventIds).size).toBe(1);
});

test('a response_url wears out', async () => {
  const failures: string[] = [];
  tiny.app.command('/chatty', async ({ ack, respond }) => {
    await ack();
    await respond({ text: 'one', response_type: 'in_channel' });
    await respond('two');
    await respond('three').catch((error: Error) => failures.push(error.message));
  });
  await server.typeCommand({ user: ada.id, channel: channel.id, command: '/chatty', text: '' });
  await until('the third answer fails', () => failures.length === 1);
  expect(failures[0]).toContain('404');
  expect(texts()).toEqual(['one']);
  expect(server.ephemerals(ada).map((message) => message.text)).toEqual(['two']);
});

test('a private answer with a button can replace and delete itself', async () => {
  tiny.app.command('/ask', async ({ ack, respond }) => {
    await ack();
    const button = (action_id: string) => ({
      type: 'button' as const,
      action_id,
      text: { type: 'plain_text' as const, text: action_id },
    });
    await respond({ text: 'sure?', blocks: [{ type: 'actions', elements: [button('yes'), button('no')] }] });
  });
  tiny.app.action('yes', async ({ ack, respond }) => {
    await ack();
    await respond({ text: 'done', replace_original: true });
  });
  tiny.app.action('no', async ({ ack, respond }) => {
    await ack();
    await respond({ delete_original: true });
  });
  const ask = () => server.typeCommand({ user: ada.id, channel: channel.id, command: '/ask', text: '' });
  await ask();
  const first = await until('a private answer', () => server.ephemerals(ada)[0]);
  await server.clickButton({ user: ada.id, messageTs: first.ts, actionId: 'yes' });
  await until('the private answer is replaced', () => server.ephemerals(ada)[0]!.text === 'done');
  await ask();
  const second = await until('a second private answer', () => server.ephemerals(ada)[1]);
  await server.clickButton({ user: ada.id, messageTs: second.ts, actionId: 'no' });
  await until('the second private answer is gone', () => server.ephemerals(ada).length === 1);
});

test('a delayed answer delays nothing else', async () => {
  server.faults.delay('chat.postMessage', 400);
  const slow = post('slow');
  await until('the slow message is sent', () => server.calls('chat.postMessage').length === 1);
  await post('fast');
  await slow;
  expect(texts()).toEqual(['fast', 'slow']);
});

test("the client's own upload works and loses the alt text on its way", async () => {
  await tiny.app.client.filesUploadV2({
    channel_id: channel.id,
    file: Buffer.from('abc'),
    filename: 'tree.png',
    alt_text: 'a tree',
    initial_comment: 'look',
  });
  expect(server.messages(channel)[0]).toMatchObject({ text: 'look', files: [{ name: 'tree.png' }] });
  expect(server.files[0]).toMatchObject({ bytes: Buffer.from('abc'), altText: null });
  expect(server.workspace.tolerated).toEqual([
    'files.getUploadURLExternal: alt_text is ignored, the argument is alt_txt',
  ]);
});
