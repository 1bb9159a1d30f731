import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  aliveFeatures,
  interestingCandidates,
  leastOf,
  particularShare,
  pickFromList,
  type Surveyed,
  seedOf,
  shuffled,
  tellsPeople,
  timesShown,
} from '../../src/schedule/pick.js';

/** Features: dead, rare, dense, near a shown one, two of a token, one of a context that predicts. */
const SURVEY: Surveyed = {
  texts: 100,
  active: [0, 2, 50, 10, 10, 10, 10],
  share: [null, 0.9, 0.1, 0.9, 0.9, 0.8, 0.2],
  class: ['none', 'none', 'none', 'none', 'none', 'none', 'prediction'],
  nearest: [-1, 0, 0, 0.9, 0.1, 0.2, 0.1],
};

test('a feature is alive when it is active in one of the texts', () => {
  expect(aliveFeatures(SURVEY)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(aliveFeatures({ ...SURVEY, active: [0, 0] })).toEqual([0, 1]);
});

test('interesting ones are neither rare, dense nor near others, of the kind that was shown least', () => {
  const pool = aliveFeatures(SURVEY);
  for (let seed = 0; seed < 20; seed++) {
    expect(interestingCandidates(SURVEY, pool, [6], seed, 5).sort()).toEqual([4, 5]);
    expect(interestingCandidates(SURVEY, pool, [4], seed, 5)).toEqual([6]);
  }
  expect(interestingCandidates(SURVEY, pool, [6], 1, 1)).toHaveLength(1);
});

test('when no interesting ones are left, near ones follow, then whatever is', () => {
  expect(interestingCandidates(SURVEY, [1, 2, 3], [], 1, 5)).toEqual([3]);
  expect(interestingCandidates(SURVEY, [2], [], 1, 5)).toEqual([2]);
});

test('examples tell people when they share words, and have letters where the feature fires most', () => {
  const label = { words: ['ship'], shared: 3, of: 5, source: 'examples' } as const;
  const evidence = (change: { words?: string[]; shared?: number; peak?: string }) => ({
    label: { ...label, words: change.words ?? ['ship'], shared: change.shared ?? 3 },
    examples: [{ tokens: ['the', change.peak ?? ' ship', '.'], activations: [0, 4, 1] }],
  });
  expect(tellsPeople(evidence({}))).toBe(true);
  expect(tellsPeople(evidence({ shared: 0 }))).toBe(false);
  expect(tellsPeople(evidence({ words: [':', '1994'] }))).toBe(false);
  expect(tellsPeople(evidence({ peak: ':' }))).toBe(false);
  expect(tellsPeople({ examples: [] })).toBe(false);
  expect(tellsPeople(undefined)).toBe(false);
});

test('a list is shown from its beginning, and repeats when all of it was', () => {
  const list = [777, 12, 5].map((feature) => ({ layer: 10, feature }));
  const shown: { layer: number; feature: number; day: string }[] = [];
  for (let i = 0; i < 7; i++) shown.push({ ...pickFromList(list, shown)!, day: `2026-11-0${i + 1}` });
  expect(shown.map(({ feature }) => feature)).toEqual([777, 12, 5, 777, 12, 5, 777]);
  expect(pickFromList([], shown)).toBeUndefined();
});

test('nothing repeats until everything was shown, whatever the day', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), (channel, count) => {
      const all = Array.from({ length: count }, (_, i) => i);
      const shown: number[] = [];
      for (let day = 0; day < 2 * count; day++) {
        const times = timesShown(shown, (feature) => feature);
        shown.push(shuffled(leastOf(all, times), seedOf(channel, String(day)))[0]!);
      }
      expect([...shown.slice(0, count)].sort((a, b) => a - b)).toEqual(all);
      expect([...shown.slice(count)].sort((a, b) => a - b)).toEqual(all);
    }),
  );
});

test('an order depends on its seed alone', () => {
  const values = Array.from({ length: 100 }, (_, i) => i);
  const seed = seedOf('slack:T:C', '2026-11-23');
  expect(shuffled(values, seed)).toEqual(shuffled(values, seed));
  expect(shuffled(values, seed)).not.toEqual(shuffled(values, seedOf('slack:T:C', '2026-11-24')));
  expect(shuffled(values, seed).sort((a, b) => a - b)).toEqual(values);
});

test('what a tree says that is particular and can be read is the probability of such leaves', () => {
  const node = (token: string, cumulative: number, children: object[] = [], generic?: true) => ({
    tokenId: 1,
    token,
    probability: 1,
    cumulative,
    end: false,
    children,
    ...(generic && { generic }),
  });
  const children = [
    node(' a', 0.5, [node(' bird', 0.3), node(' \ufffd', 0.1), node(' (', 0.05)]),
    node(' the', 0.2, [node(' one', 0.2)], true),
    node('été', 0.1),
  ];
  const root = { ...node('', 1, children), tokenId: null } as never;
  expect(particularShare({ root })).toBeCloseTo(0.45);
});
