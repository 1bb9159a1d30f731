import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DiscordServer } from './discordServer.js';
import { call, problems } from './rest.js';
import type { Channel, User } from './world/records.js';

const server = new DiscordServer();
let ada: User;
let channel: Channel;
let path: string;

beforeAll(() => server.start());
afterAll(() => server.stop());

beforeEach(() => {
  ada = server.addUser('ada');
  channel = server.addChannel(server.addGuild('Lab', [ada]), 'features');
  path = `/channels/${channel.id}/messages`;
});

const button = (customId: string, more: object = {}) => ({
  type: 2,
  style: 1,
  label: customId,
  custom_id: customId,
  ...more,
});
const row = (...components: object[]) => ({ type: 1, components });

test.each([
  ['text over 2 000 characters', { content: 'x'.repeat(2001) }, { content: 'BASE_TYPE_MAX_LENGTH' }],
  [
    'a title over 256',
    { embeds: [{ title: 'x'.repeat(257) }] },
    { 'embeds.0.title': 'BASE_TYPE_MAX_LENGTH' },
  ],
  [
    'a description over 4 096',
    { embeds: [{ description: 'x'.repeat(4097) }] },
    { 'embeds.0.description': 'BASE_TYPE_MAX_LENGTH' },
  ],
  [
    'embeds over 6 000 together',
    { embeds: [{ description: 'x'.repeat(3001) }, { description: 'x'.repeat(3000) }] },
    { embeds: 'MAX_EMBED_SIZE_EXCEEDED' },
  ],
  [
    'six rows',
    { components: Array.from('123456', (id) => row(button(id))) },
    { components: 'BASE_TYPE_MAX_LENGTH' },
  ],
  [
    'six buttons in a row',
    { components: [row(...Array.from('123456', (id) => button(id)))] },
    { 'components.0.components': 'BASE_TYPE_BAD_LENGTH' },
  ],
  [
    'a custom id twice',
    { components: [row(button('a'), button('a'))] },
    { 'components.0.components.1.custom_id': 'COMPONENT_CUSTOM_ID_DUPLICATED' },
  ],
  [
    'a custom id over 100 characters and a label over 80',
    { components: [row(button('x'.repeat(101)))] },
    {
      'components.0.components.0.custom_id': 'BASE_TYPE_BAD_LENGTH',
      'components.0.components.0.label': 'BASE_TYPE_MAX_LENGTH',
    },
  ],
  [
    'a link button without an address',
    { components: [row({ type: 2, style: 5, label: 'open' })] },
    { 'components.0.components.0.url': 'BASE_TYPE_REQUIRED' },
  ],
  [
    'an embed address that is no web address',
    { embeds: [{ title: 'x', url: 'javascript:alert(1)' }] },
    { 'embeds.0.url': 'URL_TYPE_INVALID_SCHEME' },
  ],
  [
    'mentions both all and listed',
    { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } },
    { allowed_mentions: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE' },
  ],
])('%s is an invalid form body', async (_what, body, expected) => {
  const reply = await call(server, 'POST', path, body);
  expect(reply.status).toBe(400);
  expect(reply.code).toBe(50035);
  expect(problems(reply)).toEqual(expected);
  expect(server.messages(channel)).toEqual([]);
});

test('a message of blanks is empty', async () => {
  expect((await call(server, 'POST', path, { content: ' \n ' })).code).toBe(50006);
});

test('files over 10 MiB together are too large, just below they pass', async () => {
  const half = Buffer.alloc(5 * 1024 * 1024);
  expect((await call(server, 'POST', path, { content: 'x' }, [half, half])).status).toBe(200);
  const reply = await call(server, 'POST', path, { content: 'x' }, [
    half,
    Buffer.concat([half, Buffer.alloc(1)]),
  ]);
  expect([reply.status, reply.code]).toEqual([413, 40005]);
});

test('an edit keeps the files it lists, describes new ones and drops the rest', async () => {
  const body = { attachments: [{ id: 0, description: 'first' }, { id: 1 }] };
  const posted = await call(server, 'POST', path, body, [Buffer.from('a'), Buffer.from('b')]);
  const message = server.messages(channel)[0]!;
  const [first] = message.attachments;
  const edit = { attachments: [{ id: first!.id }, { id: 0, description: 'third' }] };
  const reply = await call(server, 'PATCH', `${path}/${posted.json.id}`, edit, [Buffer.from('c')]);
  expect(reply.status).toBe(200);
  expect(message.attachments.map(({ description }) => description)).toEqual(['first', 'third']);
  expect(message.attachments.map(({ bytes }) => bytes.toString())).toEqual(['a', 'c']);
  const [attachment] = reply.json.attachments as { url: string }[];
  expect(await (await fetch(attachment!.url)).text()).toBe('a');
});

test('the same enforced nonce posts once', async () => {
  const body = { content: 'once', nonce: 'job-1', enforce_nonce: true };
  const [first, second] = [await call(server, 'POST', path, body), await call(server, 'POST', path, body)];
  expect(second.json.id).toBe(first.json.id);
  expect(server.messages(channel)).toHaveLength(1);
});

test('missing permissions are named by what they are for', async () => {
  const file = [Buffer.from('a')];
  server.revoke('AttachFiles', { channel });
  expect((await call(server, 'POST', path, { content: 'x' }, file)).code).toBe(50013);
  server.revoke('EmbedLinks', { channel });
  expect((await call(server, 'POST', path, { embeds: [{ title: 'x' }] })).code).toBe(50013);
  const { json } = await call(server, 'POST', path, { content: 'x' });
  server.revoke('CreatePublicThreads', { channel });
  expect((await call(server, 'POST', `${path}/${json.id}/threads`, { name: 'x' })).code).toBe(50013);
  server.revoke('SendMessages', { channel });
  expect((await call(server, 'POST', path, { content: 'x' })).code).toBe(50013);
  server.revoke('ViewChannel', { channel });
  expect((await call(server, 'POST', path, { content: 'x' })).code).toBe(50001);
});

test('a thread opens once, wants its own permission and outlives its message', async () => {
  const parent = await call(server, 'POST', path, { content: 'parent' });
  const threads = `${path}/${parent.json.id}/threads`;
  const opened = await call(server, 'POST', threads, { name: 'L10 F777' });
  expect([opened.status, opened.json.id]).toEqual([201, parent.json.id]);
  expect((await call(server, 'POST', threads, { name: 'again' })).code).toBe(160004);
  const inThread = `/channels/${opened.json.id}/messages`;
  expect((await call(server, 'POST', inThread, { content: 'one' })).status).toBe(200);
  server.deleteMessage(server.messages(channel)[0]!);
  expect((await call(server, 'POST', inThread, { content: 'two' })).status).toBe(200);
  server.revoke('SendMessagesInThreads', { channel });
  expect((await call(server, 'POST', inThread, { content: 'three' })).code).toBe(50013);
  server.deleteChannel(server.threads(channel)[0]!);
  expect((await call(server, 'POST', inThread, { content: 'four' })).code).toBe(10003);
});

test('a thread without a message is private unless asked otherwise, and none opens in direct messages', async () => {
  const threads = `/channels/${channel.id}/threads`;
  expect((await call(server, 'POST', threads, { name: 'x' })).json.type).toBe(12);
  expect((await call(server, 'POST', threads, { name: 'x', type: 11 })).json.type).toBe(11);
  const direct = server.directChannel(ada);
  expect((await call(server, 'POST', `/channels/${direct.id}/threads`, { name: 'x' })).code).toBe(50003);
});

test('deleted and foreign messages cannot be edited', async () => {
  const { json } = await call(server, 'POST', path, { content: 'x' });
  server.deleteMessage(server.messages(channel)[0]!);
  expect((await call(server, 'PATCH', `${path}/${json.id}`, { content: 'y' })).code).toBe(10008);
  const foreign = server.people.say({ user: ada, channel, text: 'mine' });
  expect((await call(server, 'PATCH', `${path}/${foreign.id}`, { content: 'y' })).code).toBe(50005);
});

test('a reply to a message that is gone fails, unless it may go without', async () => {
  const asked = server.people.say({ user: ada, channel, text: 'question' });
  const reply = (more: object = {}) => ({
    content: 'answer',
    message_reference: { message_id: asked.id, ...more },
  });
  expect((await call(server, 'POST', path, reply())).json.type).toBe(19);
  server.deleteMessage(asked);
  const failed = await call(server, 'POST', path, reply());
  expect(problems(failed)).toEqual({ message_reference: 'REPLIES_UNKNOWN_MESSAGE' });
  expect((await call(server, 'POST', path, reply({ fail_if_not_exists: false }))).json.type).toBe(0);
});

test('a person who closed their direct messages gets none', async () => {
  const { json } = await call(server, 'POST', '/users/@me/channels', { recipient_id: ada.id });
  expect((await call(server, 'POST', `/channels/${json.id}/messages`, { content: 'x' })).status).toBe(200);
  ada.acceptsDirectMessages = false;
  expect((await call(server, 'POST', `/channels/${json.id}/messages`, { content: 'x' })).code).toBe(50007);
});

test('a wrong token, route or method is refused', async () => {
  const response = await fetch(`${server.apiUrl}/v10/users/@me`, { headers: { authorization: 'Bot x' } });
  expect(response.status).toBe(401);
  expect((await call(server, 'GET', '/nowhere')).status).toBe(404);
  expect((await call(server, 'PUT', '/users/@me')).status).toBe(405);
});
