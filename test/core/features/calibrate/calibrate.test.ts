import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CalibrationFeature } from '../../../../src/core/features/calibrate/features.js';
import { calibrate } from '../../../../src/core/features/calibrate/index.js';
import { wordScores } from '../../../../src/core/features/calibrate/judge.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { ShippedFeatures } from '../../../../src/core/weights/sae/shipped.js';
import { glossModel } from '../../../support/glossModel.js';
import { fixture } from '../../../support/tinyModel.js';

let model: OpenModel;
beforeAll(async () => {
  model = await loadModel(glossModel([6]), { threads: 1 });
});
afterAll(() => model.close());

const PROMPT = {
  prompt: 'A typical definition of "{ghost}" would be "',
  close: true,
  weights: 'decoder',
} as const;
const GRID = [
  { at: 'input', scale: 1 },
  { at: 2, scale: 1 },
] as const;

async function someFeatures(count: number): Promise<CalibrationFeature[]> {
  const shipped = (await ShippedFeatures.read(fixture('gloss-12l')))!;
  const features = [...shipped.all('blocks.6.hook_resid_post')].filter(
    ({ max, examples }) => max > 0 && examples.length > 5,
  );
  return features.slice(0, count).map(({ feature, max, examples }) => ({ feature, maximum: max, examples }));
}

test('a calibration measures every setting, chooses some, and is the same twice', async () => {
  const source = await model.features(6);
  const shares: number[] = [];
  const run = async () =>
    calibrate(model, source, await someFeatures(6), PROMPT, async (share) => void shares.push(share), GRID);
  const report = await run();
  expect(report.tried.map(({ at, scale }) => ({ at, scale }))).toEqual(GRID);
  for (const { share, readsBack } of report.tried)
    for (const value of [share, readsBack]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  for (const { share, error } of [report.lists.near, report.lists.promoted]) {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
    expect(error).toBeGreaterThan(0);
  }
  expect(report.settings.length).toBeGreaterThan(0);
  // Six features are too few to tell from which share of the maximum on answers are true.
  expect(report.readsBack).toBeUndefined();
  expect(report.pooled.above).toBeUndefined();
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
  expect(await run()).toEqual(report);
});

test('it stops when its listener throws', async () => {
  const source = await model.features(6);
  const stop = async () => {
    throw new Error('taken back');
  };
  await expect(calibrate(model, source, await someFeatures(2), PROMPT, stop, GRID)).rejects.toThrow(
    'taken back',
  );
});

test('words are as probable after a text as the model says, in a batch as by themselves', async () => {
  const texts = ['a large animal', 'a small tool that cuts'];
  const lists = [['animal', 'horse'], ['knife']];
  const scores = await wordScores(model, texts, lists, async () => {});
  const [alone] = await wordScores(model, [texts[1]!], lists, async () => {});
  for (const [list, score] of scores[1]!.entries()) expect(score).toBeCloseTo(alone![list]!, 4);
  for (const score of scores.flat()) expect(score).toBeLessThan(0);
});
