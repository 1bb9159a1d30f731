import { expect, test } from 'vitest';
import { classOf, strengthIn } from '../../../../src/core/features/kind/class.js';
import { answerKinds, firingGroups, quantile } from '../../../../src/core/features/kind/kinds.js';
import { featureKind } from '../../../../src/core/features/kind/quick.js';
import { loadModel } from '../../../../src/core/runtime/opened/index.js';
import { glossModel } from '../../../support/glossModel.js';

/** Measures of which only the percentiles count. */
function at(skewness: number, kurtosis: number, standardDeviation = 50, leadingSpace = 50) {
  const measure = (percentile: number) => ({ value: 0, percentile });
  return {
    moments: {
      mean: measure(50),
      standardDeviation: measure(standardDeviation),
      skewness: measure(skewness),
      kurtosis: measure(kurtosis),
    },
    splits: { leadingSpace: measure(leadingSpace), capitalised: measure(0) },
  };
}

test('a feature is as strong in a class as its nearest bound is far', () => {
  expect(strengthIn('prediction', at(97, 99))).toBeCloseTo(2 / 5);
  expect(strengthIn('prediction', at(90, 99))).toBe(-1);
  expect(strengthIn('suppression', at(1, 98))).toBeCloseTo(3 / 5);
  expect(strengthIn('partition', at(50, 10, 99, 98))).toBeCloseTo(3 / 5);
  expect(strengthIn('partition', at(50, 40, 100, 100))).toBeCloseTo(1 / 5);
  const cases = [at(96, 96), at(95, 99), at(4, 96), at(50, 49, 96, 96), at(50, 50, 96, 96)];
  expect(cases.map(classOf)).toEqual(['prediction', 'none', 'suppression', 'partition', 'none']);
});

test('features of tokens and of contexts, the most extreme first', () => {
  const tokens = {
    token: Float32Array.of(1, 2, 3, 4, 5, -1),
    share: Float32Array.of(1, 0.9, 0.1, 1, 1, Number.NaN),
    active: Float32Array.of(5, 9, 9, 7, 2, 0),
    texts: 10,
  };
  expect(firingGroups({ tokens })).toEqual([
    { name: 'token', count: 3, features: [3, 0, 1] },
    { name: 'context', count: 1, features: [2] },
  ]);
});

test('a quantile is the value below which so many lie', () => {
  const values = Float32Array.of(4, 1, 3, 2);
  expect([0, 25, 50, 100].map((percent) => quantile(values, percent))).toEqual([1, 2, 3, 4]);
});

test('a layer’s report agrees with what is said of each of its features', async () => {
  const model = await loadModel(glossModel([10]), { threads: 1 });
  const source = await model.features(10);
  const all = (await model.knownStatistics(10))!;
  const parameters = { theme: 'dark', trim: 0 } as const;
  const report = await answerKinds(model, source, all, { model: 'gloss-12l', layer: 10, parameters }, 0);
  await model.close();
  const kinds = Array.from({ length: source.features }, (_, feature) =>
    featureKind(all, feature, model.tokenizer),
  );
  for (const { name, count, features } of report.classes) {
    expect(count).toBe(kinds.filter((kind) => kind.class === name).length);
    expect(features.every(({ member }) => member === count > 0)).toBe(true);
    for (const { feature, member } of features) expect(kinds[feature]!.class === name).toBe(member);
  }
  for (const { name, count, features } of report.firing) {
    expect(count).toBe(kinds.filter(({ firing }) => firing.verdict === name).length);
    for (const { feature, firing } of features) expect(firing).toEqual(kinds[feature]!.firing);
  }
  const counted = report.firing.reduce((sum, { count }) => sum + count, report.unknown);
  expect(counted).toBe(source.features);
  // Few enough to be drawn all.
  expect(report.points.map((point) => point.class)).toEqual(kinds.map((kind) => kind.class));
});
