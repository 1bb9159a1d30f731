import { expect, test } from 'vitest';
import { altText } from '../../renderers/text/alt.js';
import { headSentences, headWords } from '../../renderers/text/headWords.js';
import type { FeatureLabel } from '../../src/core/report/evidence.js';
import { report, rootNode } from './reports.js';

const label: FeatureLabel = { words: ['travel', 'trip'], shared: 9, of: 10, source: 'examples' };
const verdict = { kind: 'readsBack', readBack: 0.6, on: 'a trip', calibrated: true } as const;

test('label and verdict are a line each, as far as they are known', () => {
  expect(headWords({ evidence: { label }, verdict })).toEqual([
    'travel, trip · in 9 of its 10 top texts',
    '✓ reads back: 60% of its maximum on “a trip”',
  ]);
  expect(headWords({ evidence: {}, verdict })).toHaveLength(1);
  expect(headWords({})).toEqual([]);
});

test('in running text they are sentences, with which an alt text begins', () => {
  const sentences = 'Travel, trip (in 9 of its 10 top texts). Reads back: 60% of its maximum on “a trip”. ';
  expect(headSentences({ evidence: { label }, verdict })).toBe(sentences);
  expect(headSentences({})).toBe('');
  const evidence = { source: 'shipped', label, explanations: [], examples: [] } as const;
  const answer = report(rootNode(), [], {
    evidence: { ...evidence, explanations: [], examples: [] },
    verdict,
  });
  expect(altText(answer).startsWith(`${sentences}Definition tree`)).toBe(true);
});
