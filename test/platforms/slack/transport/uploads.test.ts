import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../../support/until.js';
import { SlackServer } from '../slackServer.js';
import type { Channel, Fields, User } from '../types.js';

let server: SlackServer;
let ada: User;
let channel: Channel;

beforeEach(async () => {
  server = await new SlackServer({ fileSharing: 100 }).start();
  ada = server.addUser('ada');
  channel = server.addChannel('features', [ada]);
});
afterEach(() => server.stop());

async function call(method: string, args: Fields): Promise<Fields> {
  const form = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const response = await fetch(server.url + method, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.workspace.options.botToken}` },
    body: new URLSearchParams(Object.fromEntries(form)),
  });
  return (await response.json()) as Fields;
}

const reserve = (args: Fields = {}) =>
  call('files.getUploadURLExternal', { filename: 'tree.png', length: 3, ...args });
const send = (url: unknown, body: string) => fetch(String(url), { method: 'POST', body });
const complete = (id: unknown, args: Fields = {}) =>
  call('files.completeUploadExternal', { files: [{ id }], channel_id: channel.id, ...args });

test('the three steps hold their order, and the file appears a little after the answer', async () => {
  const { upload_url: url, file_id: id } = await reserve();
  expect(await complete(id)).toMatchObject({ error: 'file_not_found' });
  expect((await send(url, 'four')).status).toBe(400);
  expect((await send(url, 'abc')).status).toBe(200);
  const done = await complete(id, { initial_comment: 'look' });
  expect(done).toMatchObject({ ok: true, files: [{ id, mimetype: '', shares: {} }] });
  expect(server.messages(channel)).toEqual([]);
  const message = await until('the message that shares the file', () => server.messages(channel)[0]);
  expect(message).toMatchObject({ text: 'look', files: [{ id }] });
  expect(await call('files.info', { file: id })).toMatchObject({
    file: { shares: { public: { [channel.id]: [{ ts: message.ts }] } } },
  });
  expect(await complete(id)).toMatchObject({ error: 'file_not_found' });
});

test('a file is shared only where the bot is a member', async () => {
  const elsewhere = server.addChannel('elsewhere', [ada], { withBot: false });
  const { upload_url: url, file_id: id } = await reserve();
  await send(url, 'abc');
  expect(await complete(id, { channel_id: elsewhere.id })).toMatchObject({ error: 'not_in_channel' });
  expect(await complete(id, { channel_id: 'C404' })).toMatchObject({ error: 'channel_not_found' });
  expect(await complete(id)).toMatchObject({ ok: true });
});

test('alt text is called alt_txt, has 1 000 characters at most, and suits images only', async () => {
  expect(await reserve({ alt_txt: 'x'.repeat(1_001) })).toMatchObject({ error: 'alt_txt_too_large' });
  await reserve({ alt_text: 'unheard' });
  const { upload_url: url, file_id: id } = await reserve({ filename: 'report.json', alt_txt: 'a report' });
  await send(url, 'abc');
  expect(await complete(id)).toMatchObject({ ok: true });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(server.messages(channel)).toEqual([]);
  expect(server.workspace.tolerated).toEqual([
    'files.getUploadURLExternal: alt_text is ignored, the argument is alt_txt',
    'alt_txt on report.json, which is no image: the file was never shared',
  ]);
});

test('uploads can be refused, or completed and lost', async () => {
  server.faults.loseShares();
  const { upload_url: url, file_id: id } = await reserve();
  await send(url, 'abc');
  expect(await complete(id)).toMatchObject({ ok: true });
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(server.files[0]).toMatchObject({ state: 'complete', shares: [] });
  server.faults.refuseFiles('file_uploads_disabled');
  expect(await reserve()).toMatchObject({ error: 'file_uploads_disabled' });
});

test('a share may carry blocks instead of a comment', async () => {
  const { upload_url: url, file_id: id } = await reserve();
  await send(url, 'abc');
  expect(await complete(id, { blocks: [{ type: 'section' }] })).toMatchObject({ error: 'invalid_blocks' });
  await complete(id, { blocks: [{ type: 'section', text: { type: 'plain_text', text: 'look' } }] });
  expect(await until('the message that shares the file', () => server.messages(channel)[0])).toMatchObject({
    blocks: [{ type: 'section' }],
  });
});
