import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { percentile } from '../../../../src/core/features/kind/moments.js';
import {
  measureTokenShares,
  STRONGEST,
  shareOfOneToken,
  verdictOf,
} from '../../../../src/core/features/kind/tokenShares.js';
import type { FeatureSource } from '../../../../src/core/model/model.js';
import type { LanguageModel } from '../../../../src/core/model/ports.js';
import { loadModel } from '../../../../src/core/runtime/opened/index.js';
import { fixture, tinyModel } from '../../../support/tinyModel.js';

test('the share of the token with most of the activation', () => {
  const texts = [
    { tokens: ['a', 'dog'], activations: [1, 3] },
    { tokens: ['dog', 'cat'], activations: [2, 2] },
  ];
  expect(shareOfOneToken(texts)).toEqual({ token: 'dog', share: 5 / 8 });
  expect(shareOfOneToken([])).toEqual({ token: undefined, share: Number.NaN });
});

test('the verdict needs more than half of the activation, and three texts', () => {
  expect([verdictOf(0.51, 3), verdictOf(0.5, 3), verdictOf(1, 2), verdictOf(Number.NaN, 0)]).toEqual([
    'token',
    'context',
    'unknown',
    'unknown',
  ]);
});

test('a percentile counts equal values half and unknown ones not at all', () => {
  const values = Float32Array.of(3, Number.NaN, 1, 2, 2);
  expect([1, 2, 3].map((value) => percentile(values, value))).toEqual([12.5, 50, 87.5]);
});

test('only the strongest texts count, and BOS does not', async () => {
  // Feature 0 is active as strongly as the token's number says, feature 1 on BOS (token 0) alone.
  const language = {
    async residual({ rows }: { rows: { token: number }[] }) {
      return Float32Array.from(rows, ({ token }) => token);
    },
  } as unknown as LanguageModel;
  const source = {
    features: 2,
    hook: 'blocks.0.hook_resid_post',
    async encode(residual: Float32Array) {
      return Float32Array.from([...residual].flatMap((token) => [token, token === 0 ? 9 : 0]));
    },
  } as unknown as FeatureSource;
  const strong = Array.from({ length: STRONGEST }, () => [0, 4, 6]);
  const found = await measureTokenShares({ language }, source, [[0, 5, 5], ...strong, [0, 1, 1]], () => {});
  expect([...found.token]).toEqual([6, -1]);
  expect(found.share[0]).toBeCloseTo(0.6);
  expect(found.share[1]).toBeNaN();
  expect([...found.active]).toEqual([STRONGEST + 2, 0]);
  expect(found.texts).toBe(STRONGEST + 2);
});

test.each([0, 1])('shares of layer %i agree with PyTorch', async (layer) => {
  // What test/reference/make_token_shares.py wrote.
  const { texts, layers } = JSON.parse(readFileSync(fixture('tiny-gpt2-token-shares.json'), 'utf8')) as {
    texts: number[][];
    layers: Record<number, { token: number[]; share: (number | null)[]; active: number[] }>;
  };
  const wanted = layers[layer]!;
  const model = await loadModel(tinyModel('tiny-gpt2'), { threads: 1 });
  const found = await measureTokenShares(model, await model.features(layer), texts, () => {});
  await model.close();
  expect([...found.token]).toEqual(wanted.token);
  expect([...found.active]).toEqual(wanted.active);
  wanted.share.forEach((share, feature) => {
    if (share === null) expect(found.share[feature]).toBeNaN();
    else expect(found.share[feature]).toBeCloseTo(share, 4);
  });
});
