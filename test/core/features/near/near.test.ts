import { afterAll, beforeAll, expect, test } from 'vitest';
import { cosine } from '../../../../src/core/features/compare/index.js';
import { decoderCosines } from '../../../../src/core/features/near/cosines.js';
import { answerNear } from '../../../../src/core/features/near/index.js';
import { nearestFeatures } from '../../../../src/core/features/near/nearest.js';
import { InputError } from '../../../../src/core/report/errors.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { glossModel } from '../../../support/glossModel.js';

let model: OpenModel;
beforeAll(async () => {
  model = await loadModel(glossModel([6, 10]), { threads: 1 });
});
afterAll(() => model.close());

test('cosines are those of the decoder vectors, and the nearest are the largest of them', async () => {
  const source = await model.features(10);
  const direction = await source.vector(777, 'decoder');
  const cosines = await decoderCosines(source, direction);
  expect(cosines).toHaveLength(1024);
  for (const feature of [0, 12, 500, 777, 1023])
    expect(cosines[feature]).toBeCloseTo(cosine(direction, await source.vector(feature, 'decoder')), 5);
  const { nearest } = await nearestFeatures(source, 10, direction, { layer: 10, feature: 777 }, 5);
  const ranked = [...cosines.keys()].filter((f) => f !== 777).sort((a, b) => cosines[b]! - cosines[a]!);
  expect(nearest.map(({ feature }) => feature)).toEqual(ranked.slice(0, 5));
});

test('the own layer comes first, without the feature itself', async () => {
  const request = { model: 'gloss-12l', layer: 10, feature: 777, layers: [6, 10], parameters: { trim: 0 } };
  const report = await answerNear(model, (layer) => model.features(layer), request, 0);
  expect(report.layers.map(({ layer }) => layer)).toEqual([10, 6]);
  for (const { nearest } of report.layers) {
    expect(nearest).toHaveLength(10);
    expect(nearest.map(({ cosine: each }) => each)).toEqual(
      nearest.map(({ cosine: each }) => each).sort((a, b) => b - a),
    );
  }
  expect(report.layers[0]!.nearest.some(({ feature }) => feature === 777)).toBe(false);
});

test('opposite directions are told apart from those that are merely far, and a damaged vector costs only itself', async () => {
  const rows = [
    [1, 0],
    [0.9, 0.1],
    [-1, 0.1],
    [0, 1],
    [Number.NaN, 0],
    [0, 0],
  ];
  const source = {
    features: rows.length,
    inputSize: 2,
    async vectors(first: number, count: number) {
      const wanted = rows.slice(first, first + count).flat();
      if (wanted.some(Number.isNaN)) throw new InputError('not finite');
      return Float32Array.from(wanted);
    },
  };
  const self = { layer: 0, feature: 0 };
  const near = await nearestFeatures(source, 0, Float32Array.of(1, 0), self, 2);
  expect(near.nearest.map(({ feature }) => feature)).toEqual([1, 3]);
  expect(near.opposite.map(({ feature }) => feature)).toEqual([2]);
});
