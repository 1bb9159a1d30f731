import { expect, test } from 'vitest';
import { featureReply } from '../../commands/featureReply.js';
import { parityLines } from '../../commands/parityLines.js';
import { readConfiguration } from '../../src/config.js';
import { report } from '../renderers/reports.js';
import { fixture } from '../support/tinyModel.js';

const measure = { l0: 31.4987, explainedVariance: -0.6543 };

test('a verified SAE, and one of which nothing is known, is not spoken of', () => {
  expect(parityLines({ status: 'verified', ...measure })).toEqual([]);
  expect(parityLines({ status: 'unknown', ...measure })).toEqual([]);
});

test('an unverified SAE is named with what it does and what was expected', () => {
  const expected: { l0?: [number, number]; explainedVariance?: [number, number] } = { l0: [50, 70] };
  expect(parityLines({ status: 'unverified', ...measure, expected })).toEqual([
    "unverified: this SAE has L0 31.5, explained variance -0.654; expected L0 50 to 70: treat this feature's activations with care",
  ]);
  expected.explainedVariance = [0.7, 0.95];
  expect(parityLines({ status: 'unverified', ...measure, expected })[0]).toContain(
    'expected L0 50 to 70, explained variance 0.7 to 0.95: treat',
  );
});

test('the caution of a release is shown whatever the check found', () => {
  const note = 'Its published explained variance is negative.';
  expect(parityLines({ status: 'verified', ...measure, note })).toEqual([note]);
  expect(parityLines({ status: 'unknown', ...measure, note })).toEqual([note]);
  expect(parityLines({ status: 'unverified', ...measure, note })).toHaveLength(2);
});

test('an answer says what must be known of its SAE, after what it found', async () => {
  const { models, settings } = readConfiguration(fixture('config'));
  const root = { tokenId: null, token: '', probability: 1, cumulative: 1, end: false, children: [] };
  const one = report(root, ['a']);
  one.sae.parity = { status: 'unverified', ...measure, expected: { l0: [50, 70] }, note: 'Careful.' };
  const question = { model: 'tiny-gpt2', layer: 0, feature: 0, parameters: one.parameters };
  const reply = await featureReply(one, models.get('tiny-gpt2')!, question, settings, undefined);
  expect(reply.text).toMatch(/nodes at cutoff 5e-5\nunverified: this SAE has L0 31.5.*with care\nCareful\.$/);
});
