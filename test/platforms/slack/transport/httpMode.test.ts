import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { afterOwnTime } from '../../../support/ownTime.js';
import { until } from '../../../support/until.js';
import { SlackServer } from '../slackServer.js';
import { httpApp, type TinyApp } from '../tinyApp.js';
import type { Channel, User } from '../types.js';

let server: SlackServer;
let tiny: TinyApp;
let ada: User;
let channel: Channel;

beforeEach(async () => {
  server = await new SlackServer({ ackTimeout: 400, eventRetryDelays: [20, 20, 20] }).start();
  tiny = httpApp(server);
  ada = server.addUser('ada');
  channel = server.addChannel('features', [ada]);
  const http = (await tiny.app.start({ port: 0, host: '127.0.0.1' })) as unknown as Server;
  server.deliverTo(`http://127.0.0.1:${(http.address() as AddressInfo).port}/slack/events`);
});

afterEach(async () => {
  await tiny.app.stop();
  await server.stop();
});

const type = (text: string, signature?: 'bad' | 'missing' | 'stale') => {
  const sending = signature ? { signature } : {};
  return server.typeCommand({ user: ada.id, channel: channel.id, command: '/feature', text, ...sending });
};

test('the request URL answers the challenge when it is signed', async () => {
  expect(await server.verifyRequestUrl()).toEqual({ status: 200, body: 'challenge' });
  expect(await server.verifyRequestUrl('bad')).toEqual({ status: 401, body: '' });
});

test('a command, a button, a shortcut and a modal work like over Socket Mode', async () => {
  expect(await type('10 777')).toMatchObject({ status: 200, failure: null, late: false });
  const parent = await until('a message', () => server.messages(channel)[0]);
  await until('a reply', () => server.messages(channel)[0]!.replies.length === 1);
  await server.clickButton({ user: ada.id, messageTs: parent.ts, actionId: 'bigger' });
  await server.openShortcut({ user: ada.id, messageTs: parent.ts, callbackId: 'explain' });
  await until('three replies', () => server.messages(channel)[0]!.replies.length === 3);
  await type('');
  await until('an open form', () => server.views.length === 1);
  await server.submitView({ user: ada.id, values: { layer: '10' } });
  expect(tiny.seen.submitted).toEqual(['10']);
  expect(server.acks.map((ack) => ack.status)).toEqual([200, 200, 200, 200, 200]);
});

test.each(['bad', 'missing', 'stale'] as const)('a %s signature is refused', async (signature) => {
  expect(await type('10 777', signature)).toMatchObject({ status: 401, failure: 'http_error' });
  expect(server.messages(channel)).toEqual([]);
});

test('an event that is refused is sent three times more, with its number', async () => {
  await server.mention({ user: ada.id, channel: channel.id, text: 'scale=5', signature: 'bad' });
  await until('four acks', () => server.acks.length === 4);
  expect(server.acks.map((ack) => ack.attempt)).toEqual([0, 1, 2, 3]);
});

test('an event whose ack is lost comes again under the same id', async () => {
  server.loseAcks(2);
  await server.mention({ user: ada.id, channel: channel.id, text: 'scale=5' });
  await until('the event and two repetitions', () => tiny.seen.retries.length === 3);
  expect(tiny.seen.retries).toEqual([undefined, 1, 2]);
  expect(new Set(tiny.seen.eventIds).size).toBe(1);
});

test('a late answer is recorded as late, and its text is not shown', async () => {
  tiny.app.command('/slow', async ({ ack }) => {
    await new Promise<void>((resolve) => afterOwnTime(500, resolve));
    await ack('sorry');
  });
  const ack = await server.typeCommand({ user: ada.id, channel: channel.id, command: '/slow', text: '' });
  expect(ack).toMatchObject({ failure: 'http_timeout', late: true, latency: null });
  await until('the late ack', () => ack!.latency !== null);
  expect(ack).toMatchObject({ status: 200, response: { text: 'sorry' } });
  expect(server.ephemerals()).toEqual([]);
});
