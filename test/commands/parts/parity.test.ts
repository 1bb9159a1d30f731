import { expect, test } from 'vitest';
import { featureReply } from '../../../commands/feature/reply.js';
import { parityTexts } from '../../../commands/parts/parity.js';
import { readConfiguration } from '../../../src/configuration/index.js';
import { report } from '../../renderers/reports.js';
import { fixture } from '../../support/tinyModel.js';

const measure = { l0: 31.4987, explainedVariance: -0.6543 };

const found = 'L0 31.5, explained variance -0.654';

test('every answer says whether its SAE does what its release says, in one line', () => {
  expect(parityTexts({ status: 'verified', ...measure })).toEqual([`SAE verified: ${found}`]);
  expect(parityTexts({ status: 'unknown', ...measure })).toEqual([
    `SAE unverified, nothing to compare with: ${found}`,
  ]);
  const expected: { l0?: [number, number]; explainedVariance?: [number, number] } = { l0: [50, 70] };
  expect(parityTexts({ status: 'unverified', ...measure, expected })).toEqual([
    `SAE unverified: ${found}; expected L0 50 to 70: treat this feature's activations with care`,
  ]);
  expected.explainedVariance = [0.7, 0.95];
  expect(parityTexts({ status: 'unverified', ...measure, expected })[0]).toContain(
    'expected L0 50 to 70, explained variance 0.7 to 0.95: treat',
  );
});

test('the caution of a release is shown whatever the check found', () => {
  const note = 'Its published explained variance is negative.';
  for (const status of ['verified', 'unknown', 'unverified'] as const)
    expect(parityTexts({ status, ...measure, note })[1]).toBe(note);
});

test('an answer says what must be known of its SAE, after what it found', async () => {
  const { models, settings } = readConfiguration(fixture('config'));
  const root = { tokenId: null, token: '', probability: 1, cumulative: 1, end: false, children: [] };
  const one = report(root, ['a']);
  one.sae.parity = { status: 'unverified', ...measure, expected: { l0: [50, 70] }, note: 'Careful.' };
  const question = { model: 'tiny-gpt2', layer: 0, feature: 0, parameters: one.parameters };
  const reply = await featureReply(one, models.get('tiny-gpt2')!, question, settings, undefined);
  for (const text of [reply.text, reply.long])
    expect(text).toMatch(/SAE unverified: L0 31.5.*with care\nCareful\.$/);
});
