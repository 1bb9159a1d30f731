import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ghostRows } from '../../../../src/core/features/ghost/rows.js';
import { bestScale, SCALE_RULES } from '../../../../src/core/features/sweep/bestScale.js';
import { GRID, neighbours, sweepScales } from '../../../../src/core/features/sweep/scales.js';
import { leadingDefinitions } from '../../../../src/core/features/tree/leadingDefinitions.js';
import type { ScalePoint } from '../../../../src/core/index.js';
import { divergence, entropy, jensenShannon, meanRow } from '../../../../src/core/maths/distributions.js';
import { GHOST } from '../../../../src/core/model/ports.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { FakeModel } from '../../../support/fakeModel.js';
import { fixture, tinyModel } from '../../../support/tinyModel.js';

const PROMPT = 'A typical definition of "{ghost}" would be "';
const OPTIONS = { centroid: true, pca: 0, prompt: PROMPT, close: true };
const of = (...values: number[]) => Float32Array.from(values);

let model: OpenModel;
beforeAll(async () => {
  model = await loadModel(tinyModel(), { threads: 1 });
});
afterAll(() => model.close());

test('measures of distributions by hand, in bits', () => {
  expect(entropy(of(0.5, 0.5, 0))).toBe(1);
  expect(entropy(of(1, 0))).toBe(0);
  expect(divergence(of(1, 0), of(0.5, 0.5))).toBe(1);
  expect(divergence(of(0.5, 0.5), of(0.5, 0.5))).toBe(0);
  expect(divergence(of(1, 0), of(0, 1))).toBe(149);
  expect(jensenShannon(of(1, 0), of(0, 1))).toBe(1);
  // 1/2 (log2(4/3)) + 1/2 (1/2 log2(2/3) + 1/2 log2 2)
  expect(jensenShannon(of(1, 0), of(0.5, 0.5))).toBeCloseTo(0.3113, 4);
  expect([...meanRow(of(1, 0, 0, 1), 2)]).toEqual([0.5, 0.5]);
});

test('a scale agrees with its neighbours as much as they are alike', () => {
  expect(neighbours([of(1, 0), of(1, 0), of(0, 1)])).toEqual([1, 0.5, 0]);
});

test('several ghosts share what stands before them and do not see each other', () => {
  const { rows, before, rowsOfGhosts: own } = ghostRows([0, 5, GHOST, 6], 2);
  expect(before).toBe(2);
  expect(own).toEqual([
    [2, 3],
    [4, 5],
  ]);
  expect(rows.map(({ token }) => token)).toEqual([0, 5, GHOST, 6, GHOST - 1, 6]);
  expect(rows.map(({ position }) => position)).toEqual([0, 1, 2, 3, 2, 3]);
  expect(rows[5]!.peers).toEqual([0, 1, 4]);
});

test('a beam as wide as there are definitions finds the most probable ones', async () => {
  const fake = new FakeModel(4, 9);
  const prompt = { ids: [0, GHOST, 2], closes: (tokenId: number) => tokenId === 3 };
  const tokenizer = { encode: () => [], text: (id: number) => (id === 3 ? '."' : String(id)), bos: 0 };
  const ghosts = [of(0), of(0)];
  const options = { width: 16, longest: 2 };
  const { definitions, distributions } = await leadingDefinitions(fake, tokenizer, prompt, ghosts, options);
  for (const [ghost, found] of definitions.entries()) {
    const before = [0, GHOST - ghost, 2];
    const expected = fake.distribution(before).flatMap(({ tokenId, probability }) =>
      tokenId === 3
        ? [{ text: '', probability, ended: true }]
        : fake.distribution([...before, tokenId]).map((next) => ({
            text: next.tokenId === 3 ? `${tokenId}` : `${tokenId}${next.tokenId}`,
            probability: probability * next.probability,
            ended: next.tokenId === 3,
          })),
    );
    expected.sort((a, b) => b.probability - a.probability);
    expect(found).toEqual(expected);
    const first = fake.distribution(before).find(({ tokenId }) => tokenId === 1)!;
    expect(distributions[ghost]![1]).toBeCloseTo(first.probability);
  }
});

const point = (relative: number, readBack: number, bits = 1): ScalePoint => ({
  scale: relative * 2,
  relative,
  activation: 0,
  divergence: 0,
  entropy: bits,
  agreement: 1,
  readBack,
  definitions: [],
});

test('the best scale is where a criterion is largest, or first reaches a share of that', () => {
  // Weighed 1 2 1 over neighbours.
  const values = [0, 0, 0, 4, 4, 0, 0, 0, 0, 5, 0];
  const points = values.map((value, i) => point(2 ** i / 8, value, i === 6 ? 1 : 3));
  const rule = { criterion: 'readBack', share: 1, fallback: 1 } as const;
  // 4 * (2 + 1) / 4 at both neighbours, 5 * 2 / 4 at the outlier, though 5 is the largest value.
  expect(bestScale(points, rule)).toEqual({ index: 3, scale: 2, relative: 1, criterion: 'readBack' });
  // 4 * 1 / 4 before them is a third of that.
  expect(bestScale(points, { ...rule, share: 0.33 }).index).toBe(2);
  expect(bestScale(points, { ...rule, criterion: 'entropy' }).index).toBe(6);
});

test('where a criterion tells nothing, the usual scale is taken', () => {
  const points = [point(0.5, 0), point(1, 0), point(2, 0)];
  for (const weights of ['encoder', 'decoder'] as const) {
    const chosen = bestScale(points, SCALE_RULES[weights]);
    expect(chosen.criterion).toBe('fallback');
  }
  expect(bestScale(points, { criterion: 'readBack', share: 1, fallback: 1.1 }).index).toBe(1);
});

const reference = JSON.parse(readFileSync(fixture('tiny-gpt2-sweep.json'), 'utf8')) as {
  layer: number;
  feature: number;
  weights: 'encoder' | 'decoder';
  points: { relative: number; activation: number; entropy: number }[];
}[];

test('activation at the ghost and entropy are those of PyTorch', async () => {
  expect(reference.some(({ points }) => points.some(({ activation }) => activation > 0))).toBe(true);
  for (const { layer, feature, weights, points } of reference) {
    const found = await sweepScales(model, await model.features(layer), feature, { ...OPTIONS, weights });
    for (const { relative, activation, entropy: bits } of points) {
      const here = found[GRID.indexOf(relative)]!;
      expect(Math.abs(here.activation - activation)).toBeLessThan(1e-4 * Math.max(1, activation));
      expect(Math.abs(here.entropy - bits)).toBeLessThan(1e-4);
    }
  }
});

test('a sweep says the same again, whatever was asked in between', async () => {
  const features = await model.features(0);
  const options = { ...OPTIONS, weights: 'encoder' } as const;
  const once = await sweepScales(model, features, 7, options);
  await sweepScales(model, features, 3, { ...options, prompt: 'The "{ghost}" is "' });
  expect(await sweepScales(model, features, 7, options)).toEqual(once);
  expect(once.map(({ relative }) => relative)).toEqual([...GRID]);
  expect(GRID).toContain(1);
});
