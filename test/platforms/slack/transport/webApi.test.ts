import { afterEach, beforeEach, expect, test } from 'vitest';
import { afterOwnTime } from '../../../support/ownTime.js';
import { SlackServer } from '../slackServer.js';
import type { Channel, Fields, User } from '../types.js';

let server: SlackServer;
let ada: User;
let channel: Channel;

beforeEach(async () => {
  server = await new SlackServer({ triggerLifetime: 300 }).start();
  ada = server.addUser('ada');
  channel = server.addChannel('features', [ada]);
});
afterEach(() => server.stop());

/** A call with a JSON body, as the bot unless told otherwise. */
async function call(
  method: string,
  args: Fields,
  token = server.workspace.options.botToken,
): Promise<Fields> {
  const response = await fetch(server.url + method, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
    body: JSON.stringify(args),
  });
  return (await response.json()) as Fields;
}

/** A call with its arguments in the address, as reading methods want them. */
async function read(method: string, args: Record<string, string>): Promise<Fields> {
  const response = await fetch(`${server.url}${method}?${new URLSearchParams(args)}`, {
    headers: { authorization: `Bearer ${server.workspace.options.botToken}` },
  });
  return (await response.json()) as Fields;
}

const post = (args: Fields) => call('chat.postMessage', { channel: channel.id, ...args });

test('tokens are asked for, checked, told apart and revoked', async () => {
  const bare = await fetch(`${server.url}auth.test`, { method: 'POST' });
  expect(await bare.json()).toEqual({ ok: false, error: 'not_authed' });
  expect(await call('auth.test', {}, 'xoxb-wrong')).toEqual({ ok: false, error: 'invalid_auth' });
  expect(await call('apps.connections.open', {})).toMatchObject({ error: 'not_allowed_token_type' });
  expect(await call('auth.test', {})).toMatchObject({ ok: true, user_id: 'U0GHOST', bot_id: 'B0GHOST' });
  server.revokeToken();
  expect(await call('auth.test', {})).toEqual({ ok: false, error: 'token_revoked' });
});

test('a form may carry its token and arrays as JSON text', async () => {
  const body = new URLSearchParams({
    token: server.workspace.options.botToken,
    channel: channel.id,
    text: 'hello',
    blocks: '[{"type":"divider"}]',
  });
  const response = await fetch(`${server.url}chat.postMessage`, { method: 'POST', body });
  expect(await response.json()).toMatchObject({ ok: true, channel: channel.id });
  expect(server.messages(channel)[0]!.blocks).toMatchObject([{ type: 'divider' }]);
  expect(JSON.stringify(server.requests)).not.toContain('xoxb');
});

test('a missing scope is named with what the token has', async () => {
  server.revokeScope('chat:write');
  expect(await post({ text: 'hello' })).toMatchObject({ error: 'missing_scope', needed: 'chat:write' });
});

test('a post needs a channel the bot knows, is in, and that is alive', async () => {
  const open = server.addChannel('open', [ada], { withBot: false });
  const secret = server.addChannel('secret', [ada], { kind: 'private', withBot: false });
  expect(await post({ channel: 'C404', text: 'a' })).toMatchObject({ error: 'channel_not_found' });
  expect(await post({ channel: secret.id, text: 'a' })).toMatchObject({ error: 'channel_not_found' });
  expect(await post({ channel: open.id, text: 'a' })).toMatchObject({ error: 'not_in_channel' });
  expect(await call('conversations.join', { channel: open.id })).toMatchObject({ ok: true });
  expect(await post({ channel: open.id, text: 'a' })).toMatchObject({ ok: true });
  open.archived = true;
  expect(await post({ channel: open.id, text: 'a' })).toMatchObject({ error: 'is_archived' });
  expect(await call('conversations.join', { channel: secret.id })).toMatchObject({
    error: 'channel_not_found',
  });
});

test('a post to a person goes into the direct conversation', async () => {
  expect(await post({ channel: ada.id, text: 'psst' })).toMatchObject({ ok: true });
  const { channel: opened } = await call('conversations.open', { users: ada.id });
  expect(opened).toEqual({ id: server.directMessages(ada).id });
  expect(server.messages(server.directMessages(ada))[0]!.text).toBe('psst');
});

test('text is cut at 40 000 characters in a post and refused beyond 4 000 in an update', async () => {
  expect(await post({})).toMatchObject({ error: 'no_text' });
  const { ts } = await post({ text: 'x'.repeat(40_001) });
  expect(server.messages(channel)[0]!.text).toHaveLength(40_000);
  const update = (args: Fields) => call('chat.update', { channel: channel.id, ts, ...args });
  expect(await update({ text: 'y'.repeat(4_001) })).toMatchObject({ error: 'msg_too_long' });
  expect(await update({ text: 'y'.repeat(4_000) })).toMatchObject({ ok: true });
});

test('an update finds only messages of the bot that are still there', async () => {
  const { message } = await server.say({ user: ada.id, channel: channel.id, text: 'mine' });
  const update = (ts: unknown) => call('chat.update', { channel: channel.id, ts, text: 'new' });
  expect(await update(message.ts)).toMatchObject({ error: 'cant_update_message' });
  expect(await update('1.000001')).toMatchObject({ error: 'message_not_found' });
  expect(await update(1.5)).toMatchObject({ error: 'invalid_arguments' });
  const { ts } = await post({ text: 'old' });
  channel.archived = true;
  expect(await update(ts)).toMatchObject({ error: 'is_inactive' });
});

test('text without blocks takes the blocks of an updated message away', async () => {
  const { ts } = await post({ text: 'old', blocks: [{ type: 'divider' }] });
  await call('chat.update', { channel: channel.id, ts, text: 'new' });
  expect(server.messages(channel)[0]).not.toHaveProperty('blocks');
});

test('a reply to a deleted message lands outside the thread and says so by leaving out thread_ts', async () => {
  const { ts } = await post({ text: 'parent' });
  server.deleteMessage(channel, String(ts));
  const { message } = await post({ text: 'reply', thread_ts: ts });
  expect(message).not.toHaveProperty('thread_ts');
  expect(server.messages(channel).map((each) => each.text)).toEqual(['reply']);
  expect(server.workspace.tolerated).toHaveLength(1);
});

test('a deleted message with replies keeps its thread', async () => {
  const { ts } = await post({ text: 'parent' });
  await post({ text: 'reply', thread_ts: ts });
  server.deleteMessage(channel, String(ts));
  expect(server.messages(channel)[0]).toMatchObject({ subtype: 'tombstone' });
  expect(await call('chat.update', { channel: channel.id, ts, text: 'b' })).toMatchObject({
    error: 'message_not_found',
  });
  await post({ text: 'another', thread_ts: ts });
  expect(server.messages(channel)[0]!.replies.map((each) => each.text)).toEqual(['reply', 'another']);
});

test('a private answer goes to members only and cannot be edited', async () => {
  const bob = server.addUser('bob');
  const whisper = (user: string) => call('chat.postEphemeral', { channel: channel.id, user, text: 'psst' });
  expect(await whisper(bob.id)).toMatchObject({ error: 'user_not_in_channel' });
  const { message_ts: ts } = await whisper(ada.id);
  expect(await call('chat.update', { channel: channel.id, ts, text: 'b' })).toMatchObject({
    error: 'message_not_found',
  });
});

test('a trigger opens one modal, and only for a while', async () => {
  const view = { type: 'modal', title: { type: 'plain_text', text: 'Form' }, blocks: [{ type: 'divider' }] };
  const open = (trigger_id: string, more: Fields = {}) =>
    call('views.open', { trigger_id, view: { ...view, ...more } });
  const trigger = server.workspace.trigger(ada.id);
  const long = { title: { type: 'plain_text', text: 'x'.repeat(25) } };
  expect(await open('1.2.abc')).toMatchObject({ error: 'invalid_trigger_id' });
  expect(await open(trigger, long)).toMatchObject({
    error: 'invalid_arguments',
    response_metadata: {
      messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'],
    },
  });
  const { view: opened } = (await open(trigger)) as { view: { id: string; hash: string } };
  expect(await open(trigger)).toMatchObject({ error: 'exchanged_trigger_id' });
  const late = server.workspace.trigger(ada.id);
  await new Promise<void>((resolve) => afterOwnTime(320, resolve));
  expect(await open(late)).toMatchObject({ error: 'expired_trigger_id' });
  const update = (args: Fields) => call('views.update', { view, ...args });
  expect(await update({ view_id: 'V404' })).toMatchObject({ error: 'not_found' });
  expect(await update({ view_id: opened.id, hash: 'other' })).toMatchObject({ error: 'hash_conflict' });
  expect(await update({ view_id: opened.id, hash: opened.hash })).toMatchObject({ ok: true });
});

test('what a bot may learn about people and channels', async () => {
  expect(await read('conversations.info', { channel: channel.id })).toMatchObject({
    channel: { name: 'features', is_member: true, creator: ada.id, is_archived: false },
  });
  expect(await read('conversations.members', { channel: channel.id, limit: '1' })).toMatchObject({
    members: [ada.id],
    response_metadata: { next_cursor: '1' },
  });
  expect(await read('users.info', { user: ada.id })).toMatchObject({
    user: { name: 'ada', is_admin: false },
  });
  expect(await call('conversations.info', { channel: channel.id })).toMatchObject({
    error: 'channel_not_found',
  });
});

test('budgets per method and channel are kept when asked for', async () => {
  await server.stop();
  server = await new SlackServer({ rateLimits: true }).start();
  channel = server.addChannel('features', []);
  for (let index = 0; index < 60; index += 1) await post({ text: 'hello' });
  expect(await post({ text: 'one too many' })).toMatchObject({ ok: false, error: 'ratelimited' });
  expect(server.requests.at(-1)).toMatchObject({ status: 429, performed: false });
});

test('messages are read back with their metadata, given the scope', async () => {
  const metadata = { event_type: 'result', event_payload: { key: 'a' } };
  const { ts } = await post({ text: 'parent', metadata });
  await post({ text: 'reply', thread_ts: ts });
  const where = { channel: channel.id, include_all_metadata: 'true' };
  expect(await read('conversations.history', where)).toMatchObject({
    error: 'missing_scope',
    needed: 'channels:history',
  });
  server.workspace.scopes.add('channels:history');
  expect(await read('conversations.history', where)).toMatchObject({
    messages: [{ text: 'parent', metadata }],
    has_more: false,
  });
  expect(await read('conversations.replies', { ...where, ts: String(ts), limit: '1' })).toMatchObject({
    messages: [{ text: 'parent' }],
    response_metadata: { next_cursor: '1' },
  });
  expect(await read('conversations.replies', { ...where, ts: '1.2' })).toMatchObject({
    error: 'thread_not_found',
  });
});
