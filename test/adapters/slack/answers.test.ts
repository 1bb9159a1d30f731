import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../slack/until.js';
import { buttons, LONG, newCore, PATIENCE, QUICK, shown, Team } from './team.js';

const core = newCore();
let team: Team;

beforeEach(async () => {
  team = await Team.start(core);
});
afterEach(async () => {
  await team.stop();
  expect(team.server.workspace.tolerated).toEqual([]);
});
afterAll(() => core.close());

test('a command is acknowledged within a second and answered with a parent, a picture, a list and buttons', async () => {
  const ack = await team.feature(QUICK);
  expect(ack).toMatchObject({ failure: null, response: null });
  expect(ack!.latency).toBeLessThan(1_000);
  const parent = await team.answered();
  expect(shown(parent)).toMatch(/^tiny-gpt2 · layer 0 · feature 7 · encoder · scale 2\.69/);
  expect(shown(parent)).toContain('Repeat: /feature 0 7 cutoff=0.01 tokens=20');
  expect(parent.text).toMatch(/^tiny-gpt2 · layer 0 · feature 7/);
  expect(buttons(parent)).toEqual([]);
  const [picture, list] = parent.replies;
  expect(parent.replies).toHaveLength(2);
  expect(team.server.files).toEqual([
    expect.objectContaining({
      name: 'tiny-gpt2-L0-F7-encoder.png',
      altText: expect.stringContaining('Strongest definitions'),
      shares: [{ channel: team.general.id, ts: picture!.ts, threadTs: parent.ts }],
    }),
  ]);
  expect(team.server.files[0]!.bytes!.subarray(1, 4).toString()).toBe('PNG');
  expect(shown(list!).split('\n').slice(1)).toHaveLength(20);
  expect(buttons(list!).map(({ label }) => label)).toEqual([
    'Decoder',
    'Scale down',
    'Scale up',
    'More branches',
    'Fewer branches',
    'JSON',
  ]);
  expect(team.threads()).toHaveLength(1);
  expect(team.server.ephemerals()).toEqual([]);
  expect(team.faults).toEqual([]);
});

test('buttons answer into the same thread, after a restart, too', async () => {
  await team.feature(QUICK);
  const parent = await team.answered();
  await team.restart();
  await team.click(parent.replies[1]!, 'Decoder');
  const more = await until(() => {
    const { replies } = team.threads()[0]!;
    return buttons(replies.at(-1)!).length > 0 && replies.length === 5 ? replies : undefined;
  }, PATIENCE);
  expect(shown(more[2]!)).toMatch(/decoder · scale/);
  expect(team.threads()).toHaveLength(1);
});

test('the JSON button hands out the report as a file in the thread', async () => {
  await team.feature(QUICK);
  const parent = await team.answered();
  await team.click(parent.replies[1]!, 'JSON');
  const file = await until(() => team.server.files.find(({ name }) => name.endsWith('.json')), PATIENCE);
  await until(() => file.shares.length > 0);
  expect(JSON.parse(String(file.bytes)).schema).toBe('ghosttree/feature@1');
  expect(file).toMatchObject({ altText: null, shares: [{ threadTs: parent.ts }] });
});

test('progress is shown, and only the person who asked can cancel', async () => {
  await team.feature(LONG);
  const parent = await until(() => team.threads()[0]);
  expect(buttons(parent).map(({ label }) => label)).toEqual(['Cancel']);
  await team.click(parent, 'Cancel', team.bob);
  expect(shown(await team.whispered(team.bob))).toMatch(/^Only the person who asked/);
  await until(() => shown(team.threads()[0]!).includes('nodes, depth'), PATIENCE);
  await team.click(parent, 'Cancel');
  await until(() => shown(team.threads()[0]!).endsWith('Cancelled.'));
  expect(team.threads()[0]!.replies).toEqual([]);
  expect(buttons(team.threads()[0]!)).toEqual([]);
});

test.each([
  ['/feature', '9 9', /^tiny-gpt2 has no SAE at layer 9/],
  ['/feature', '0 7 scal=1', /^There is no option "scal"\. Did you mean "scale"\?/],
  ['/feature', 'help', /^ghosttree feature\nwhat a feature means/],
  ['/ghosttree', '', /^ghosttree\nPictures of what sparse-autoencoder features mean/],
  ['/ghosttree', 'models', /^Models\ntiny-gpt2 \(default\)/],
  ['/ghosttree', 'featur 0 7', /Did you mean "feature"\?/],
])('%s %s is answered to the person who asked only', async (command, text, answer) => {
  const ack = await team.feature(text, { command });
  expect(ack!.failure).toBeNull();
  expect(shown(await team.whispered())).toMatch(answer);
  expect(team.server.ephemerals(team.bob)).toEqual([]);
  expect(team.threads()).toEqual([]);
});

test('a mention in the thread changes what the thread is about', async () => {
  await team.feature(QUICK);
  const parent = await team.answered();
  const thread = { channel: team.general.id, thread: parent.ts };
  await team.server.mention({ user: team.bob.id, text: 'scale=5 weights=decoder', ...thread });
  const replies = await until(() => {
    const { replies } = team.threads()[0]!;
    return replies.length === 6 && buttons(replies[5]!).length > 0 ? replies : undefined;
  }, PATIENCE);
  expect(shown(replies[3]!)).toMatch(/decoder · scale 5 /);
  expect(shown(replies[3]!)).toContain('Repeat: /feature 0 7 weights=decoder scale=5 cutoff=0.01 tokens=20');
});

test('a full command in a mention is answered in its thread', async () => {
  const { message } = await team.server.mention({
    user: team.ada.id,
    channel: team.general.id,
    text: `/feature ${QUICK}`,
  });
  const parent = await team.answered();
  expect(parent.ts).toBe(message.ts);
  expect(shown(parent.replies[0]!)).toMatch(/^tiny-gpt2 · layer 0 · feature 7/);
});

test('mistakes in mentions are told in the thread to the person who made them', async () => {
  const { message } = await team.server.mention({
    user: team.ada.id,
    channel: team.general.id,
    text: 'featur 0 7',
  });
  expect(await team.whispered()).toMatchObject({ thread_ts: message.ts });
  expect(team.threads()[0]!.replies).toEqual([]);
});

test('direct messages are answered without a mention', async () => {
  const direct = team.server.directMessages(team.ada);
  await team.server.say({ user: team.ada.id, channel: direct.id, text: QUICK });
  expect(shown(await team.answered(1, direct))).toMatch(/^tiny-gpt2 · layer 0 · feature 7/);
  await team.server.say({ user: team.ada.id, channel: direct.id, text: 'hello' });
  await until(() => shown(team.threads(direct).at(-1)!).includes('There is no command "hello"'));
  expect(team.server.ephemerals()).toEqual([]);
});

test('the shortcut explains the feature that a message names, in its thread', async () => {
  const say = (text: string) => team.server.say({ user: team.bob.id, channel: team.general.id, text });
  const { message } = await say('look at <https://www.neuronpedia.org/tiny-gpt2/0-res/7> & L1 F3');
  const callbackId = 'explain_feature';
  await team.server.openShortcut({ user: team.ada.id, messageTs: message.ts, callbackId });
  const parent = await team.answered();
  expect(parent.ts).toBe(message.ts);
  expect(shown(parent.replies[0]!)).toMatch(/^tiny-gpt2 · layer 0 · feature 7/);
  const { message: other } = await say('no feature here');
  await team.server.openShortcut({ user: team.ada.id, messageTs: other.ts, callbackId });
  expect(shown(await team.whispered())).toMatch(/^This message names no feature/);
});

test('an event that Slack delivers again is answered once', async () => {
  team.server.workspace.options.eventRetryDelays = [0, 50, 100];
  team.server.loseAcks(2);
  await team.server.mention({ user: team.ada.id, channel: team.general.id, text: QUICK });
  await team.answered();
  await until(() => team.server.acks.length === 3);
  expect(team.threads()[0]!.replies).toHaveLength(3);
});

test('one who asks too much at once is told so', async () => {
  for (const feature of [1, 2, 3]) await team.feature(LONG.replace('7', String(feature)));
  await until(() => team.threads().length === 3);
  await team.feature(LONG.replace('7', '4'));
  await until(() =>
    team.threads().some((message) => shown(message).includes('You have 3 unanswered questions')),
  );
});

test('closing tells everybody whose answer is lost', async () => {
  await team.feature(LONG);
  await until(() => team.threads().length === 1);
  await team.adapter.close();
  await team.conversations.close();
  expect(shown(team.threads()[0]!)).toMatch(/Cancelled\.$/);
});
