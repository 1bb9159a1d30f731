import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel, Message } from '../../platforms/discord/world/records.js';
import { ownTime } from '../../support/ownTime.js';
import { until } from '../../support/until.js';
import { buttonNamed, closeCore, QUICK, QUICK_LINE, Setting } from './setting.js';

const POST = 'POST /channels/:channel/messages';
const THREAD = 'POST /channels/:channel/messages/:message/threads';
const CALLBACK = 'POST /interactions/:interaction/:token/callback';
const EDIT = 'PATCH /webhooks/:application/:token/messages/:message';

let setting: Setting;
let channel: Channel;
beforeAll(async () => {
  setting = await new Setting().start();
});
beforeEach(() => {
  channel = setting.freshChannel();
});
afterEach(() => setting.server.faults.clear());
afterAll(async () => {
  await setting.stop();
  await closeCore();
});

test.each(['CreatePublicThreads', 'SendMessagesInThreads'] as const)(
  'without the permission %s the answer is flat and says why',
  async (permission) => {
    const { server } = setting;
    server.revoke(permission, { channel });
    const refused = server.invalidRequests.length;
    setting.feature(QUICK, channel);
    const said = await setting.answered(channel);
    expect(said).toHaveLength(3);
    expect(said[0]!.content).toMatch(/^\*\*tiny-gpt2/);
    expect(said[0]!.attachments).toHaveLength(1);
    expect(said[1]!.content).toMatch(
      /^Not in a thread: I lack the permission "Create Public Threads" or "Send Messages in Threads" here\.\n\*\*tiny/,
    );
    expect(said[2]!.content).toMatch(/^Token list/);
    expect(server.threads(channel)).toEqual([]);
    // Known from the event: Discord was not even asked.
    expect(server.invalidRequests).toHaveLength(refused);
    // In place of the thread, options now change what the channel is about.
    server.people.mention({ user: setting.bob, channel, text: 'scale=5' });
    expect((await setting.answered(channel, 2))[3]!.content).toMatch(/at the input at 5 × /);
  },
);

test('a thread that is refused unexpectedly makes the answer flat, too', async () => {
  setting.server.faults.refuse(THREAD, 'missingPermissions');
  setting.feature(QUICK, channel);
  const said = await setting.answered(channel);
  expect(said).toHaveLength(3);
  expect(said[1]!.content).toMatch(/^Not in a thread: I lack the permission/);
});

test('without the permission Attach Files the picture is told as text', async () => {
  const { server } = setting;
  server.revoke('AttachFiles', { channel });
  server.people.mention({ user: setting.ada, channel, text: QUICK_LINE });
  const thread = await until('a thread', () => server.threads(channel)[0]);
  await setting.answered(thread);
  const [instead, tree, list] = setting.said(thread);
  const [answer] = setting.said(channel);
  expect(answer!.attachments).toEqual([]);
  expect(instead!.attachments).toEqual([]);
  expect(instead!.content).toContain('The picture is missing: I lack the permission "Attach Files" here.');
  expect(instead!.content).toContain('The model says');
  expect(tree!.content).toContain('The picture is missing: ');
  expect(list!.content).toMatch(/^Token list/);

  const press = (label: string, message: Message) =>
    server.people.clickButton({ user: setting.bob, message, customId: buttonNamed(message, label)! });
  press('Details', answer!);
  press('JSON', await until('the details', () => server.ephemerals(setting.bob).at(-1)));
  const file = await until('a fourth message', () => setting.said(thread)[3]);
  expect(file.content).toBe('The file is missing: I lack the permission "Attach Files" here.');
});

test('a file that Discord does not take is told as text', async () => {
  // With the interaction's token, with the bot's, and in the thread.
  setting.server.faults.refuseFiles({ times: 3 });
  const thread = await setting.threadOf(setting.feature(QUICK, channel));
  expect(setting.said(thread)[0]!.content).toContain('The picture is missing: it is too large for Discord.');
  expect(setting.said(thread)).toHaveLength(3);
});

test('without the permission Send Messages a command is still answered, with the token of its interaction', async () => {
  const { server } = setting;
  for (const permission of ['SendMessages', 'CreatePublicThreads'] as const)
    server.revoke(permission, { channel });
  setting.feature(QUICK, channel);
  const said = await setting.answered(channel);
  expect(said).toHaveLength(3);
  expect(said[0]!.attachments).toHaveLength(1);
});

test('a mention where the bot may not write is answered in direct messages', async () => {
  const { server, ada } = setting;
  const direct = server.directChannel(ada);
  server.revoke('SendMessages', { channel });
  server.people.mention({ user: ada, channel, text: QUICK_LINE });
  const said = await setting.answered(direct);
  expect(said).toHaveLength(3);
  expect(said[0]!.content).toMatch(/^I may not post where you asked, so the answer is here\./);
  expect(said[1]!.content).not.toContain('I may not post');
});

test('a person who cannot be reached at all breaks nothing', async () => {
  const { server, bob } = setting;
  server.revoke('SendMessages', { channel });
  bob.acceptsDirectMessages = false;
  const before = setting.faults.length;
  server.people.mention({ user: bob, channel, text: QUICK_LINE });
  await until('two more faults', () => setting.faults.length > before + 1);
  bob.acceptsDirectMessages = true;
  expect(setting.faults.slice(before).join('\n')).toContain('Cannot send messages to this user');
  setting.faults.length = 0;
});

test.each([
  [CALLBACK, 'before'],
  [CALLBACK, 'after'],
  [THREAD, 'before'],
  [THREAD, 'after'],
  [POST, 'before'],
  [POST, 'after'],
  [EDIT, 'before'],
  [EDIT, 'after'],
] as const)(
  'a connection that is cut during %s, %s it took effect, loses and repeats nothing',
  async (route, when) => {
    setting.server.faults.drop(route, when);
    const interaction = setting.feature(QUICK, channel);
    const thread = await setting.threadOf(interaction);
    expect(setting.said(channel)).toHaveLength(1);
    expect(setting.said(channel)[0]!.content).toContain('Complete · ');
    expect(setting.said(channel)[0]!.attachments).toHaveLength(1);
    expect(setting.said(thread)).toHaveLength(2);
    expect(setting.server.threads(channel)).toHaveLength(1);
  },
);

test('rate limits and faults of Discord are waited out, and nothing is posted twice', async () => {
  const { faults } = setting.server;
  faults.rateLimit(POST, { retryAfter: 0.05 });
  for (const route of [CALLBACK, THREAD, POST, EDIT]) faults.fail(route, { status: 502, when: 'after' });
  const thread = await setting.threadOf(setting.feature(QUICK, channel));
  expect(setting.said(thread)).toHaveLength(2);
  expect(setting.said(channel)).toHaveLength(1);
});

test('when the machine is slow, the command is acknowledged before it is understood', async () => {
  const { server } = setting;
  const works = setting.slowDown(1000);
  const asked = ownTime();
  const good = setting.feature(QUICK, channel);
  const bad = setting.feature({ layer: 9, feature: 9 }, channel);
  for (const { acknowledged } of [good, bad]) {
    const ack = await acknowledged;
    expect(ack).toMatchObject({ type: 5, ephemeral: true });
    expect(ownTime() - asked).toBeLessThan(1000);
  }
  const thread = await until('a thread', () => server.threads(channel)[0]);
  expect(await setting.answered(thread)).toHaveLength(2);
  works();
  expect(setting.said(channel)).toHaveLength(1);
  expect(server.original(good)!.content).toBe(`The answer is in <#${channel.id}>.`);
  expect(server.original(bad)!.content).toMatch(/^tiny-gpt2 has no SAE at layer 9/);
});

test('an interaction that cannot be acknowledged in time is answered by a message', async () => {
  const { server } = setting;
  server.faults.refuse(CALLBACK, 'unknownInteraction');
  setting.feature(QUICK, channel);
  const thread = await until('a thread', () => server.threads(channel)[0]);
  await setting.answered(thread);
  expect(setting.said(channel)).toHaveLength(1);
  expect(setting.said(thread)).toHaveLength(2);
});

test('nothing of this was reported as a fault', () => {
  expect(setting.faults).toEqual([]);
});
