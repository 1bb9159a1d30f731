import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { splitWords, toRequest } from '../../../commands/line/grammar.js';
import { objects } from '../../platforms/slack/args.js';
import { ownTime } from '../../support/ownTime.js';
import { until } from '../../support/until.js';
import { newCore, shown, Team } from './team.js';

const core = newCore();
let team: Team;

beforeEach(async () => {
  team = await Team.start(core);
});
afterEach(() => team.stop());
afterAll(() => core.close());

const QUICK = { feature: '7', cutoff: '0.01', tokens: '20' };

test('/feature without arguments opens a form with every option of the command', async () => {
  const asked = ownTime();
  await team.feature('');
  expect(ownTime() - asked).toBeLessThan(1_000);
  const { view } = await until('an open form', () => team.server.views[0]);
  expect(objects(view.blocks).map(({ block_id, optional }) => [block_id, optional])).toEqual([
    ['layer_of_model', false],
    ['feature', false],
    ...[
      'weights',
      'at',
      'scale',
      'centroid',
      'pca',
      'm',
      'top',
      'cutoff',
      'trim',
      'depth',
      'nodes',
      'tokens',
      'list',
      'prompt',
      'close',
      'prune',
      'clamp',
      'steer',
      'theme',
    ].map((name) => [name, true]),
  ]);
  const [layer, , weights, , scale] = objects(view.blocks).map((block) => block.element as never as Menu);
  expect(layer!.options!.map(({ text, value }) => [text.text, value])).toEqual([
    ['tiny-gpt2 · layer 0', '0 model=tiny-gpt2'],
    ['tiny-gpt2 · layer 1', '1 model=tiny-gpt2'],
  ]);
  expect(weights!.options!.map(({ value }) => value)).toEqual(['encoder', 'decoder', 'firing']);
  expect(weights!.placeholder.text).toBe('encoder');
  expect(scale!.placeholder.text).toBe('auto');
});

test('the form asks what was entered, in the channel where it was opened', async () => {
  await team.feature('');
  await until('an open form', () => team.server.views[0]);
  const prompt = `A {ghost} "is"`;
  const values = { ...QUICK, layer_of_model: '1 model=tiny-gpt2', weights: 'decoder', prompt };
  const ack = await team.server.submitView({ user: team.ada.id, values });
  expect(ack).toMatchObject({ failure: null, response: null });
  const parent = await team.answered();
  expect(shown(parent)).toMatch(/^tiny-gpt2 · layer 1 · feature 7 · decoder/);
  expect(shown(parent)).toContain(
    `Complete · /feature 1 7 weights=decoder cutoff=0.01 tokens=20 prompt='A {ghost} "is"'`,
  );
});

test('what cannot be meant is marked in the form', async () => {
  await team.feature('');
  await until('an open form', () => team.server.views[0]);
  const values = {
    layer_of_model: '0 model=tiny-gpt2',
    feature: 'seven',
    scale: '1000',
    prompt: 'no slot',
  };
  await team.server.submitView({ user: team.ada.id, values });
  const [view] = team.server.views;
  expect(view!.open).toBe(true);
  expect(view!.errors).toEqual({
    feature: 'Expected a number, or "random".',
    scale: 'Expected 0.01..64 or auto or best.',
    prompt: 'Expected a text that contains {ghost} once.',
  });
});

test.each([` '{ghost}' "is" `, 'a=b \\\\ “{ghost}” means "', `it's {ghost}`])(
  'the form asks exactly what was typed: %j',
  async (prompt) => {
    await team.feature('');
    await until('a form', () => team.server.views[0]);
    const values = { ...QUICK, layer_of_model: '1 model=tiny-gpt2', prompt };
    await team.server.submitView({ user: team.ada.id, values });
    const repeat = /Complete · \/(.*)$/m.exec(shown(await team.answered()))![1]!;
    expect(toRequest(splitWords(repeat)).values.get('prompt')).toBe(prompt);
  },
);

test('a slash command and a mention that are too long are refused unread', async () => {
  await team.feature(`0 7 scale=${'1'.repeat(39_000)}x`);
  expect(shown(await team.whispered())).toMatch(/^That is too long for a question/);
  const text = `<@${team.server.workspace.app.botUser}> kind ${'a'.repeat(39_000)}`;
  await team.server.mention({ user: team.ada.id, channel: team.general.id, text });
  await until('two refusals', () => team.server.ephemerals(team.ada).length === 2);
});

test('what only the model knows is told privately, where the form was opened', async () => {
  await team.feature('');
  await until('an open form', () => team.server.views[0]);
  const values = { layer_of_model: '0 model=tiny-gpt2', feature: '5000' };
  await team.server.submitView({ user: team.ada.id, values });
  expect(shown(await team.whispered())).toMatch(/^Feature 5000 does not exist/);
});

test('a form that cannot be opened is replaced by the help', async () => {
  team.server.faults.error('views.open', 'expired_trigger_id');
  await team.feature('');
  expect(shown(await team.whispered())).toMatch(/^ghosttree feature\n/);
});

interface Menu {
  placeholder: { text: string };
  options?: { text: { text: string }; value: string }[];
}
