import { expect, test } from 'vitest';
import { labelTexts, labelWithExamples } from '../../../commands/parts/labels.js';
import type { FeatureLabel } from '../../../src/core/index.js';

const label: FeatureLabel = { words: ['travel', 'trip'], shared: 9, of: 10, source: 'examples' };
const example = (word: string) => ({ tokens: ['a', ` ${word}`, ' home'], activations: [0, 3, 1] });

test('of several features each label stands behind its address', () => {
  const one = { layer: 10, feature: 7, evidence: { label } };
  expect(labelTexts([one])).toEqual(['travel, trip · in 9 of its 10 top texts']);
  expect(labelTexts([one, { layer: 4, feature: 1, evidence: undefined }])).toEqual([
    '10/7: travel, trip · in 9 of its 10 top texts',
  ]);
});

test('a label in a sentence has two examples; without shared words there is none', () => {
  const examples = ['trip', 'travel', 'tour'].map(example);
  expect(labelWithExamples({ label, examples })).toBe('travel, trip, as in: a «trip» home · a «travel» home');
  expect(labelWithExamples({ label: { ...label, shared: 0 }, examples })).toBeUndefined();
  expect(labelWithExamples({ examples })).toBeUndefined();
});
