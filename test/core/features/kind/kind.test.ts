import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OWN_TEXTS } from '../../../../src/core/features/activation/ownTexts.js';
import { answerKind } from '../../../../src/core/features/kind/index.js';
import type { KindReport, Moment } from '../../../../src/core/report/kind.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { glossModel } from '../../../support/glossModel.js';
import { fixture, tinyModel } from '../../../support/tinyModel.js';

/** What test/reference/logit_lens.py wrote. */
type Fixture = Record<
  string,
  {
    trained: number;
    cases: {
      hook: string;
      feature: number;
      moments: Record<Moment, number>;
      percentiles: Record<Moment, number>;
      splits: Record<'leadingSpace' | 'capitalised', number>;
      promoted: { tokenId: number; weight: number }[];
      suppressed: { tokenId: number; weight: number }[];
      sets: Record<string, { size: number; score: number }>;
    }[];
  }
>;

const expected = JSON.parse(readFileSync(fixture('kind.json'), 'utf8')) as Fixture;
const SOURCES = [tinyModel('tiny-gpt2'), tinyModel('tiny-gemma'), glossModel([0, 10])];

describe.each(SOURCES)('$id against PyTorch', (source) => {
  const { trained, cases } = expected[source.id]!;
  let model: OpenModel;
  beforeAll(async () => {
    model = await loadModel(source, { threads: 1 });
  });
  afterAll(() => model.close());

  test.each(cases)('$hook, feature $feature', async (wanted) => {
    const report = await kindOf(model, Number(wanted.hook.split('.')[1]), wanted.feature);
    expect(report.vocabulary.trained).toBe(trained);
    for (const [name, value] of Object.entries(wanted.moments) as [Moment, number][]) {
      const { value: ours, percentile } = report.moments[name];
      expect(Math.abs(ours - value), name).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
      // Rounding may swap two neighbours.
      expect(Math.abs(percentile - wanted.percentiles[name]), name).toBeLessThan(0.11 + 200 / 1024 / 2);
    }
    expect(report.splits.leadingSpace.value).toBeCloseTo(wanted.splits.leadingSpace, 4);
    expect(report.splits.capitalised.value).toBeCloseTo(wanted.splits.capitalised, 4);
    for (const end of ['promoted', 'suppressed'] as const) {
      expect(report[end].map(({ tokenId }) => tokenId)).toEqual(wanted[end].map(({ tokenId }) => tokenId));
      report[end].forEach(({ weight }, index) => {
        expect(weight).toBeCloseTo(wanted[end][index]!.weight, 4);
      });
    }
    for (const [name, { size, score }] of Object.entries(wanted.sets)) {
      const set = report.sets.find((candidate) => candidate.name === name);
      expect(set?.size, name).toBe(size);
      expect(set?.score, name).toBeCloseTo(score, 4);
    }
  });
});

const LIMITS = { textMilliseconds: 500 };

test('what was measured of an SAE is kept in the prepared folder and read the next time', async () => {
  const source = tinyModel('tiny-gpt2');
  const first = await loadModel(source, { threads: 1 });
  let shares: number[] = [];
  const onShare = async (share: number) => {
    shares.push(share);
  };
  expect(await first.knownStatistics(0)).toBeUndefined();
  const measured = await first.statistics(0, LIMITS, onShare);
  await first.close();
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
  const files = (await readdir(source.prepared)).filter((name) => /statistics|own-texts/.test(name)).sort();
  expect(files).toEqual([
    expect.stringMatching(/^blocks\.0\.hook_resid_post\.statistics\.[0-9a-f]{12}\./),
    expect.stringMatching(/^own-texts\.[0-9a-f]{12}\./),
  ]);
  shares = [];
  const second = await loadModel(source, { threads: 1 });
  expect(await second.knownStatistics(0)).toEqual(measured);
  expect(await second.statistics(0, LIMITS, onShare)).toEqual(measured);
  expect(shares).toEqual([]);
  // Another layer reads the same texts.
  const other = await second.statistics(1, LIMITS, onShare);
  await second.close();
  expect(other.tokens.texts).toBe(measured.tokens.texts);
});

test('measuring stops when its listener throws, and starts anew the next time', async () => {
  const model = await loadModel(tinyModel('tiny-gpt2'), { threads: 1 });
  const stop = async () => {
    throw new Error('cancelled');
  };
  await expect(model.statistics(0, LIMITS, stop)).rejects.toThrow('cancelled');
  await expect(model.statistics(0, LIMITS, async () => {})).resolves.toBeDefined();
  await model.close();
});

test('statistics in the folder of an SAE are taken', async () => {
  const source = glossModel();
  const model = await loadModel(source, { threads: 1 });
  for (const layer of [0, 6, 10])
    expect((await model.knownStatistics(layer))?.tokens.texts).toBe(OWN_TEXTS.count);
  await model.close();
});

async function kindOf(model: OpenModel, layer: number, feature: number): Promise<KindReport> {
  const source = await model.features(layer);
  const all = await model.statistics(layer, LIMITS, async () => {});
  const parameters = { theme: 'dark', trim: 0 } as const;
  return answerKind(model, source, all, { model: model.id, layer, feature, parameters }, 0);
}
