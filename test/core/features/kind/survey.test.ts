import { afterAll, beforeAll, expect, test } from 'vitest';
import { cosine } from '../../../../src/core/features/compare/index.js';
import { featureKind } from '../../../../src/core/features/kind/quick.js';
import type { FeatureStatistics } from '../../../../src/core/features/kind/statistics.js';
import { surveyFeatures } from '../../../../src/core/features/kind/survey.js';
import { loadModel } from '../../../../src/core/runtime/opened/index.js';
import { glossModel } from '../../../support/glossModel.js';

const AGAINST = [12, 777];
const PARAMETERS = { theme: 'dark', trim: 0 } as const;

let model: Awaited<ReturnType<typeof loadModel>>;
let all: FeatureStatistics;

beforeAll(async () => {
  model = await loadModel(glossModel([10]), { threads: 1 });
  all = (await model.knownStatistics(10))!;
});
afterAll(() => model.close());

async function survey(against: number[]) {
  const request = { model: 'gloss-12l', layer: 10, against, parameters: PARAMETERS };
  return surveyFeatures(model, await model.features(10), all, request, 0, () => {});
}

test('a survey agrees with what is said of each feature', async () => {
  const report = await survey([]);
  expect(report.texts).toBe(all.tokens.texts);
  for (let feature = 0; feature < report.sae.features; feature++) {
    const kind = featureKind(all, feature, model.tokenizer);
    expect(report.class[feature]).toBe(kind.class);
    expect(report.active[feature]).toBe(kind.firing.active);
    if (kind.firing.share) expect(report.share[feature]).toBeCloseTo(kind.firing.share.value, 4);
    else expect(report.share[feature]).toBeNull();
  }
  expect(new Set(report.nearest)).toEqual(new Set([-1]));
});

test('every feature is held against some by the cosine of their decoder vectors', async () => {
  const { nearest } = await survey(AGAINST);
  const source = await model.features(10);
  const others = await Promise.all(AGAINST.map((feature) => source.vector(feature, 'decoder')));
  for (const feature of [0, 12, 255, 256, 500, 777, 1023]) {
    const vector = await source.vector(feature, 'decoder');
    expect(nearest[feature]).toBeCloseTo(Math.max(...others.map((other) => cosine(vector, other))), 4);
  }
  expect([nearest[12], nearest[777]]).toEqual([1, 1]);
});
