import { expect, test } from 'vitest';
import { drawFeatures } from '../../../../src/core/features/calibrate/features.js';
import { calibrationGrid } from '../../../../src/core/features/calibrate/grid.js';
import { shareBeaten } from '../../../../src/core/features/calibrate/judge.js';
import {
  type JudgedFeature,
  orderForSilent,
  selectSettings,
  sharesAt,
  truthThreshold,
} from '../../../../src/core/features/calibrate/select.js';

test('a feature beats those whose words are less probable after what is said of it', () => {
  // Its own words stand on the diagonal; the second list is probable after everything, which counts for nothing.
  const scores = [
    [-1, -1, -5],
    [-4, -1, -5],
    [-4, -1, -5],
  ];
  const [first, second, third] = shareBeaten(scores);
  expect(first).toBe(1);
  // Nothing sets these two apart but that the first list fits them worse.
  expect(second).toBe(0.75);
  expect(third).toBe(0.75);
  const flat = [
    [-2, -2],
    [-2, -2],
  ];
  expect(shareBeaten(flat)).toEqual([0.5, 0.5]);
});

const FEATURES = [0, 1, 2, 3, 4, 5];

/** Six features; each setting tells some of them. @param tells by setting, the features that it speaks truly of */
function judged(tells: Record<number, number[]>): JudgedFeature[] {
  return FEATURES.map((feature) => ({
    definitions: Object.entries(tells)
      .flatMap(([at, features]) => {
        const isTrue = features.includes(feature);
        const scores = FEATURES.map((list) => (isTrue && list === feature ? 0 : -3));
        const activation = isTrue ? 1 : 0;
        return {
          text: `${at} of ${feature}`,
          probability: 1,
          ended: true,
          at: Number(at),
          scale: 1,
          activation,
          scores,
        };
      })
      .sort((a, b) => b.activation - a.activation),
  }));
}

test('settings are chosen for what they add to each other', () => {
  const features = judged({ 0: [0, 1, 2], 1: [0], 2: [3, 4], 3: [] });
  const grid = [0, 1, 2, 3].map((at) => ({ at, scale: 1 }));
  expect(sharesAt(features, [grid[0]!])[0]).toBe(1);
  expect(selectSettings(features, grid).map(({ at }) => at)).toEqual([0, 2]);
});

test('where features are silent, what speaks truly of such comes first', () => {
  const features = judged({ 0: [0, 1, 2], 1: [3], 2: [3, 4] });
  const settings = [0, 1, 2].map((at) => ({ at, scale: 1 }));
  const silent = [false, false, false, true, true, true];
  expect(orderForSilent(features, settings, silent)[0]).toEqual({ at: 2, scale: 1 });
});

test('one setting at least is chosen, though none says anything true', () => {
  const grid = [{ at: 3, scale: 1 }];
  expect(selectSettings(judged({ 3: [] }), grid)).toEqual(grid);
});

test('the threshold is the least share above which answers are true', () => {
  const readBacks = Array.from({ length: 20 }, (_, i) => i / 20);
  const shares = readBacks.map((readBack) => (readBack >= 0.35 ? 1 : 0.4));
  expect(truthThreshold(readBacks, shares)).toBeCloseTo(0.35);
  // One that is told though it hardly activates, and one that is not though it does, move nothing.
  const [low, high] = [2, 15];
  const noisy = shares.map((share, i) => (i === low || i === high ? 1.4 - share : share));
  expect(truthThreshold(readBacks, noisy)).toBeCloseTo(0.35);
  expect(
    truthThreshold(
      readBacks,
      shares.map(() => 0.6),
    ),
  ).toBeUndefined();
});

test('the grid has no place that nothing would read', () => {
  for (const blocks of [2, 3, 12, 30]) {
    const places = calibrationGrid(blocks, false).map(({ at }) => at);
    for (const at of places) expect(at === 'input' || (at as number) < blocks - 1).toBe(true);
  }
  expect(calibrationGrid(30, true)[0]).toEqual({ at: 'learned', scale: 1 });
  expect(new Set(calibrationGrid(30, false).map(({ at }) => at))).toEqual(new Set(['input', 0, 2, 4, 6, 10]));
});

test('features are drawn by a seed among those that say when they fire', () => {
  const known = Array.from({ length: 60 }, (_, feature) => ({
    feature,
    density: feature % 3 === 0 ? 0.3 : 0.001,
    max: 10,
    examples: Array.from({ length: feature % 5 === 0 ? 4 : 10 }, () => ({
      tokens: ['a'],
      activations: [feature % 7 === 0 ? 1 : 9],
    })),
  }));
  const drawn = drawFeatures(known, 12, 5);
  expect(drawn).toHaveLength(12);
  for (const { feature } of drawn) for (const divisor of [3, 5, 7]) expect(feature % divisor).not.toBe(0);
  expect(drawFeatures(known, 12, 5)).toEqual(drawn);
  expect(drawFeatures(known, 12, 6)).not.toEqual(drawn);
});
