import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { SlackPlace } from '../../../src/adapters/slack/place.js';
import { objects } from '../../platforms/slack/args.js';
import { links, pings } from '../../platforms/slack/blocks/mrkdwn.js';
import type { UploadedFile } from '../../platforms/slack/types.js';
import { interrupt } from '../../support/interruption.js';
import { isLong } from '../../support/longRun.js';
import { ownTime } from '../../support/ownTime.js';
import { until } from '../../support/until.js';
import { buttons, isList, LONG, newCore, QUICK, shown, Team } from './team.js';

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
  const asked = ownTime();
  const ack = await team.feature(QUICK);
  expect(ownTime() - asked).toBeLessThan(1_000);
  expect(ack).toMatchObject({ failure: null, response: null });
  const parent = await team.answered();
  expect(shown(parent)).toMatch(/^tiny-gpt2 · layer 0 · feature 7 · encoder · at the input at 1 × /);
  expect(shown(parent)).toContain('Complete · /feature 0 7 cutoff=0.01 tokens=20');
  expect(parent.text).toMatch(/^tiny-gpt2 · layer 0 · feature 7/);
  const [picture, tree, list] = parent.replies;
  expect(parent.replies).toHaveLength(3);
  expect(team.server.files).toEqual([
    expect.objectContaining({
      name: 'tiny-gpt2-L0-F7-encoder-cutoff0.01-tokens20.png',
      altText: expect.stringContaining('The model says'),
      shares: [{ channel: team.general.id, ts: picture!.ts, threadTs: parent.ts }],
    }),
    expect.objectContaining({
      name: 'tiny-gpt2-L0-F7-encoder-cutoff0.01-tokens20-tree.png',
      altText: expect.stringContaining('word by word'),
      shares: [{ channel: team.general.id, ts: tree!.ts, threadTs: parent.ts }],
    }),
  ]);
  expect(team.server.files[0]!.bytes!.subarray(1, 4).toString()).toBe('PNG');
  expect(shown(list!).split('\n').slice(1)).toHaveLength(20);
  expect(buttons(list!)).toEqual([]);
  expect(buttons(parent).map(({ label }) => label)).toEqual([
    'Explain',
    'Texts',
    'Logits',
    'Neighbours',
    'Decoder',
    'Details',
  ]);
  const [{ id, altText }] = team.server.files as [UploadedFile];
  expect(parent.blocks).toContainEqual(
    expect.objectContaining({ type: 'image', slack_file: { id }, alt_text: altText }),
  );
  expect(team.threads()).toHaveLength(1);
  expect(team.server.ephemerals()).toEqual([]);
  expect(team.faults).toEqual([]);
});

test('buttons answer into the same thread, after a restart, too', async () => {
  await team.feature(QUICK);
  const parent = await team.answered();
  await team.restart();
  await team.click(parent, 'Decoder');
  const more = await until('seven replies that end with a list', () => {
    const { replies } = team.threads()[0]!;
    return replies.length === 7 && isList(replies[6]!) ? replies : undefined;
  });
  expect(shown(more[3]!)).toMatch(/decoder · at the input at /);
  expect(team.threads()).toHaveLength(1);
});

test('the JSON button hands out the report as a file in the thread', async () => {
  await team.feature(QUICK);
  const parent = await team.answered();
  await team.click(parent, 'Details', team.bob);
  const details = await team.whispered(team.bob);
  expect(shown(details)).toContain('Parameters: weights=encoder');
  // Whoever presses a button in the channel looks there, not into the thread.
  expect(details.thread_ts).toBeUndefined();
  await team.click(details, 'JSON', team.bob);
  const file = await until('the report as a file', () =>
    team.server.files.find(({ name }) => name.endsWith('.json')),
  );
  await until('the report is shared', () => file.shares.length > 0);
  expect(JSON.parse(String(file.bytes)).schema).toBe('ghosttree/feature@2');
  expect(file).toMatchObject({ altText: null, shares: [{ threadTs: parent.ts }] });
});

async function threeLongOnes() {
  for (const feature of ['7', '8', '9']) await team.feature(LONG.replace('7', feature), { user: team.bob });
  return until('three announcements', () => (team.threads().length === 3 ? team.threads() : undefined));
}

test('progress is shown', async () => {
  await threeLongOnes();
  const progress = /\n(Waiting: number \d in the queue|[█░]{20} .+|comparing scales: .+)$/;
  await until('progress', () => team.threads().some((parent) => progress.test(shown(parent))));
});

test('who asked, who made the channel and admins can cancel, nobody else', async () => {
  const [admin, eve] = [team.server.addUser('root', { isAdmin: true }), team.server.addUser('eve')];
  for (const { id } of [admin, eve]) team.general.members.add(id);
  const parents = await threeLongOnes();
  expect(buttons(parents[0]!).map(({ label }) => label)).toEqual(['Cancel']);
  await team.click(parents[0]!, 'Cancel', eve);
  await team.click(parents[0]!, 'Cancel', team.ada);
  await team.click(parents[1]!, 'Cancel', admin);
  await team.click(parents[2]!, 'Cancel', team.bob);
  await until('all three announcements say that they were cancelled', () =>
    team.threads().every((parent) => shown(parent).endsWith('Cancelled.')),
  );
  expect(team.threads().map((parent) => [buttons(parent), parent.replies])).toEqual([
    [[], []],
    [[], []],
    [[], []],
  ]);
  expect(team.server.ephemerals().map(shown)).toEqual([
    'Only the person who asked, or somebody who manages the channel, can cancel this.',
  ]);
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
  const replies = await until('eight replies', () => {
    const { replies } = team.threads()[0]!;
    return replies.length === 8 && isList(replies[7]!) ? replies : undefined;
  });
  expect(shown(replies[4]!)).toMatch(/decoder · at the input at 5 × /);
  expect(shown(replies[4]!)).toContain(
    'Complete · /feature 0 7 weights=decoder scale=5 cutoff=0.01 tokens=20',
  );
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
  await until('an answer to what is no command', () =>
    shown(team.threads(direct).at(-1)!).includes('There is no command "hello"'),
  );
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

test('the shortcut for a text opens a form with it, whose answer comes in its thread', async () => {
  const text = 'the ship isn\'t "here"\nand a & b';
  const { message } = await team.server.say({ user: team.bob.id, channel: team.general.id, text });
  const callbackId = 'activate_text';
  await team.server.openShortcut({ user: team.ada.id, messageTs: message.ts, callbackId });
  const view = await until('an open form', () => team.server.views[0]?.view);
  expect(objects(view.blocks).map(({ block_id, optional }) => [block_id, optional])).toEqual([
    ['layer_of_model', true],
    ['feature', true],
    ['text', false],
  ]);
  expect(objects(view.blocks)[2]!.element).toMatchObject({
    initial_value: 'the ship isn\'t "here"\nand a & b',
  });
  await team.server.submitView({ user: team.ada.id, values: { feature: '7' } });
  expect(team.server.views[0]!.errors).toEqual({ layer_of_model: 'Please choose the layer of the feature.' });
  await team.server.submitView({
    user: team.ada.id,
    values: { layer_of_model: '0 model=tiny-gpt2', feature: '7' },
  });
  const parent = await until('a whole answer', () => {
    const [found] = team.threads();
    return found?.replies.some((reply) => shown(reply).includes('Complete · ')) ? found : undefined;
  });
  expect(parent.ts).toBe(message.ts);
  expect(shown(parent.replies[0]!)).toMatch(/^tiny-gpt2 · layer 0 · feature 7 · /);
  expect(shown(parent.replies[0]!)).toContain(
    `Complete · /activate 0 7 'the ship isn'"'"'t "here"' 'and a & b'`,
  );
});

test('/activate alone opens the form, empty', async () => {
  await team.feature('', { command: '/activate' });
  const view = await until('an open form', () => team.server.views[0]?.view);
  expect(objects(view.blocks)[2]!.element).not.toHaveProperty('initial_value');
  await team.server.submitView({ user: team.ada.id, values: { text: 'the ship' } });
  const parent = await until('a whole answer', () => {
    const [found] = team.threads();
    return found && shown(found).includes('Complete · ') ? found : undefined;
  });
  expect(shown(parent)).toMatch(/^tiny-gpt2 · layers 0, 1 · strongest features/);
});

test('an event that Slack delivers again is answered once', async () => {
  team.server.workspace.options.eventRetryDelays = [0, 50, 100];
  team.server.loseAcks(2);
  await team.server.mention({ user: team.ada.id, channel: team.general.id, text: QUICK });
  await team.answered();
  await until('three acks', () => team.server.acks.length === 3);
  expect(team.threads()[0]!.replies).toHaveLength(4);
});

test('one who asks too much at once is told so, and nobody else', async () => {
  for (const feature of [1, 2, 3]) await team.feature(LONG.replace('7', String(feature)));
  await until('three announcements', () => team.threads().length === 3);
  await team.feature(LONG.replace('7', '4'));
  expect(shown(await team.whispered())).toContain('You have 3 unanswered questions');
  expect(team.threads()).toHaveLength(3);
});

test('fifty commands in one second are all acknowledged in time', async () => {
  const before = process.cpuUsage();
  const acks = await Promise.all(
    Array.from({ length: 50 }, (_, index) => team.feature(LONG.replace('7', String(index % 48)))),
  );
  const { user, system } = process.cpuUsage(before);
  expect(acks.filter((ack) => ack!.failure !== null)).toEqual([]);
  // Time of the processor: Slack and the adapter share this process, which a busy machine leaves waiting.
  expect((user + system) / 1000).toBeLessThan(1_000);
  if (isLong) expect(Math.max(...acks.map((ack) => ack!.latency!))).toBeLessThan(1_000);
});

test('closing tells everybody whose answer is lost', async () => {
  await team.feature(LONG);
  await until('an announcement', () => team.threads().length === 1);
  await team.adapter.close();
  await team.conversations.close();
  expect(shown(team.threads()[0]!)).toMatch(/Cancelled\.$/);
});

test('when a process was killed over an answer, another one says so in the announcement', async () => {
  await team.feature(LONG);
  await expect.poll(async () => (await team.store.unfinished.all())[0]?.stage).toBe('announced');
  await interrupt(team.store, team.adapter);
  const [parent, ...others] = team.threads();
  expect(others).toEqual([]);
  expect(shown(parent!)).toMatch(
    /^tiny-gpt2 · layer 0 · feature 7\nGhosttree was restarted before this was answered\. Ask again: \/feature 0 7 /,
  );
  expect(buttons(parent!)).toEqual([]);
  await team.conversations.close();
});

test('what people and the model say pings nobody, wherever it is shown', async () => {
  const { general, server } = team;
  const prompt = '<!channel> <@U1> *{ghost}* `@here` https://evil.com www.evil.com \u202E';
  await team.feature(`${QUICK} prompt='${prompt}'`);
  const parent = await team.answered();
  expect(shown(parent)).toContain(prompt.replace('\u202E', 'U+202E'));
  await team.feature(`${prompt} 0 7`);
  await team.whispered();
  const place = new SlackPlace(team.workspace(), {
    team: server.workspace.team.id,
    channel: general.id,
    user: team.ada.id,
  });
  const hostile = { title: prompt, text: prompt, table: 'x'.repeat(4_000) };
  await place.announce(hostile);
  await place.edit(hostile);
  await place.say(hostile);
  await place.picture({ name: 'tree.png', alt: prompt.repeat(100), png: Buffer.from('png') }, prompt);
  await place.whisper(hostile);
  server.faults.refuseFiles('file_uploads_disabled');
  await place.picture({ name: 'tree.png', alt: prompt, png: Buffer.from('png') }, prompt);
  expect(general.messages.length).toBeGreaterThan(6);
  for (const message of [...general.messages, ...server.ephemerals()]) {
    expect([pings(message), links(message)]).toEqual([[], []]);
  }
});
