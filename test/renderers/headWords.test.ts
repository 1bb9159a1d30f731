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
  expect(altText(answer).startsWith(`${sentences}${answer.model.id}, layer `)).toBe(true);
});

test('a label of two meanings, or of several features, says so', () => {
  const two: FeatureLabel = {
    ...label,
    meanings: [
      { words: ['fall'], examples: 6 },
      { words: ['False'], examples: 4 },
    ],
  };
  expect(headWords({ evidence: { label: two } })).toEqual([
    'fall (6 of 10) · False (4 of 10) · two meanings in its top texts',
  ]);
  expect(headWords({ evidence: { label: { ...label, same: 3, apart: 'abroad' } } })).toEqual([
    'travel, trip · in 9 of its 10 top texts · 3 other features have this label; only this one near “abroad”',
  ]);
  expect(headWords({ evidence: { label: { ...label, same: 1 } } })[0]).toMatch(
    / · 1 other feature has this label$/,
  );
});

test.each([
  [
    { word: 'trip', occurrences: 40, active: 30, firings: 20, matching: 18 },
    ' · on other texts active on 75% of «trip», 90% of its strong firings on words of the label',
  ],
  [
    {
      word: 'trip',
      occurrences: 40,
      active: 10,
      instead: { feature: 7, active: 20 },
      firings: 0,
      matching: 0,
    },
    ' · on other texts silent on 75% of «trip» (feature 7 fires there instead: perhaps absorbed)',
  ],
  [
    {
      word: 'trip',
      occurrences: 40,
      active: 10,
      instead: { feature: 7, active: 3 },
      firings: 2,
      matching: 0,
    },
    ' · on other texts silent on 75% of «trip»',
  ],
  [{ word: 'trip', occurrences: 9, active: 0, firings: 9, matching: 0 }, ''],
])('how far a label holds on other texts stands behind the verdict: %j', (held, words) => {
  const [line] = headWords({ verdict: { ...verdict, label: held } });
  expect(line).toBe(`✓ reads back: 60% of its maximum on “a trip”${words}`);
});
