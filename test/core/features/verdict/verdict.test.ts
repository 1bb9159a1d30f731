import { expect, test } from 'vitest';
import { verdictWords } from '../../../../renderers/text/verdictWords.js';
import { verdictOf } from '../../../../src/core/features/verdict/index.js';

const report = (readBack?: number) => ({
  definitions: [
    {
      text: 'a long trip',
      probability: 0.1,
      ended: true,
      at: 2,
      scale: 1,
      activation: (readBack ?? 0.2) * 40,
      ...(readBack !== undefined && { readBack }),
    } as const,
  ],
  thresholds: { readsBack: 0.5, partly: 0.1, firing: 0.5 },
  calibrated: true,
});
const corpus = { density: 0.01, maximum: 40 };

test.each([
  [0.71, corpus, 'readsBack', /^reads back: 71% of its maximum on “a long trip”$/],
  [0.5, corpus, 'readsBack', /^reads back: 50%/],
  [0.49, corpus, 'partly', /^reads back partly: 49% of its maximum on “a long trip”$/],
  [0.05, corpus, 'nothing', /^nothing it says activates it: trust the texts$/],
  [0.9, { density: 0, maximum: 0 }, 'dead', /^dead: never active in the corpus$/],
  [0.9, { density: 0.32, maximum: 40 }, 'alwaysOn', /^always on: /],
  [1.4, corpus, 'readsBack', /^reads back: 100% of its maximum/],
  [undefined, undefined, 'notMeasured', /^not measured yet: /],
  // The site knows a maximum that the core does not.
  [undefined, { density: 0.01, maximum: 10 }, 'readsBack', /^reads back: 80%/],
] as const)('read back %s of %j: %s', (readBack, evidence, kind, words) => {
  const verdict = verdictOf(report(readBack), evidence);
  expect(verdict.kind).toBe(kind);
  expect(verdictWords(verdict)).toMatch(words);
});

test('what was not calibrated is called a guess', () => {
  const verdict = verdictOf({ ...report(0.9), calibrated: false }, corpus);
  expect(verdictWords(verdict)).toMatch(/\(not calibrated: what it says is a guess\)$/);
  const dead = verdictOf({ ...report(0.9), calibrated: false }, { density: 0, maximum: 0 });
  expect(verdictWords(dead)).toBe('dead: never active in the corpus');
});

test('a feature of which nothing is said activates nothing', () => {
  expect(verdictOf({ ...report(), definitions: [] }, corpus)).toEqual({ kind: 'nothing', calibrated: true });
});

const firing = (readBack: number) => [{ ...report(readBack).definitions[0]!, text: 'going away' }];

test.each([
  // What is said at firing places counts where the vector does not read back.
  [0.05, 0.6, 'readsBack', /^reads back at its firing places: 60% of its maximum on “going away”$/],
  [0.2, 0.4, 'partly', /^reads back partly at its firing places: 40% .* “going away”$/],
  [0.3, 0.2, 'partly', /^reads back partly: 30% of its maximum on “a long trip”$/],
  [0.05, 0.06, 'nothing', /^nothing it says activates it: trust the texts$/],
  [0.6, 0.9, 'readsBack', /^reads back: 60% of its maximum on “a long trip”$/],
] as const)('vector %s, firing places %s: %s', (vector, places, kind, words) => {
  const verdict = verdictOf({ ...report(vector), firing: firing(places) }, corpus);
  expect(verdict.kind).toBe(kind);
  expect(verdictWords(verdict)).toMatch(words);
});

test('where no share tells what is true of a vector, only its firing places can read back', () => {
  const thresholds = { partly: 0.1, firing: 0.5 };
  expect(verdictOf({ ...report(1.2), thresholds }, corpus).kind).toBe('partly');
  expect(verdictOf({ ...report(1.2), firing: firing(0.5), thresholds }, corpus)).toMatchObject({
    kind: 'readsBack',
    by: 'firing',
    on: 'going away',
  });
});
