import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { activationsOn } from '../../../../src/core/features/activation/activations.js';
import { tryLabels } from '../../../../src/core/features/record/heldOut.js';
import { recordFeatures } from '../../../../src/core/features/record/index.js';
import { meaningsOf, silhouette, twoClusters } from '../../../../src/core/features/record/meanings.js';
import { tellApart } from '../../../../src/core/features/record/same.js';
import type { FeatureSource } from '../../../../src/core/model/model.js';
import type { EvidenceExample, FeatureLabel } from '../../../../src/core/report/evidence.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { FeatureRecords, keepRecords } from '../../../../src/core/weights/sae/records.js';
import { ShippedFeatures } from '../../../../src/core/weights/sae/shipped.js';
import { glossModel } from '../../../support/glossModel.js';
import { fixture } from '../../../support/tinyModel.js';

const HOOK = 'blocks.6.hook_resid_post';
let model: OpenModel;
let source: FeatureSource;
let shipped: ShippedFeatures;
beforeAll(async () => {
  model = await loadModel(glossModel([6]), { threads: 1 });
  source = await model.features(6);
  shipped = (await ShippedFeatures.read(fixture('gloss-12l')))!;
});
afterAll(() => model.close());

const nothing = async () => {};

/** Texts as ids with BOS first. */
const read = (...texts: string[]) =>
  texts.map((text) => [model.tokenizer.bos, ...model.tokenizer.encode(text)]);

test('recall and precision of a label are what its activations say, one text at a time', async () => {
  const texts = read('a large dog or a small dog', 'the science of plants', 'a dog');
  const isDog = (id: number) => model.tokenizer.text(id).trim() === 'dog';
  const known = [...shipped.all(HOOK)].filter(({ max }) => max > 0).slice(0, 40);
  const maximum = 1;
  const features = new Map(
    known.map(({ feature }) => [feature, { label: { words: ['dog'] }, peakWord: 'dog', maximum }]),
  );
  const tried = await tryLabels(model, source, texts, features, nothing);
  let seen = 0;
  for (const { feature } of known) {
    const activations = await activationsOn(model, source, feature, texts);
    const onDogs = texts.flatMap((ids, text) =>
      ids.flatMap((id, at) => (isDog(id) ? [activations[text]![at]!] : [])),
    );
    const peaks = activations.map((all) => Math.max(...all.slice(1)));
    const strong = peaks.flatMap((peak, text) => (peak >= 0.35 * maximum ? [text] : []));
    // Within three words of every place of the first and the last text stands "dog".
    const matching = strong.filter((text) => text !== 1);
    expect(tried.get(feature)).toMatchObject({
      word: 'dog',
      occurrences: 3,
      active: onDogs.filter((activation) => activation > 0).length,
      firings: strong.length,
    });
    expect(tried.get(feature)!.matching).toBeLessThanOrEqual(matching.length);
    seen += strong.length;
  }
  expect(seen).toBeGreaterThan(0);
});

test('where a feature is silent on its word, the one with the same word that fires there is named', async () => {
  const texts = read('a large dog', 'a small dog', 'the dog');
  const features = [...shipped.all(HOOK)].map(({ feature }) => feature);
  const [loud, silent] = await loudAndSilent(features, texts);
  const one = { label: { words: ['dog'] }, peakWord: 'dog', maximum: 1 };
  const tried = await tryLabels(
    model,
    source,
    texts,
    new Map([
      [loud, one],
      [silent, one],
    ]),
    nothing,
  );
  expect(tried.get(loud)).toMatchObject({ occurrences: 3, active: 3 });
  expect(tried.get(loud)!.instead).toBeUndefined();
  expect(tried.get(silent)).toMatchObject({
    occurrences: 3,
    active: 0,
    instead: { feature: loud, active: 3 },
  });
});

/** A feature that fires on the last token of every text, and one that never does. */
async function loudAndSilent(
  features: readonly number[],
  texts: readonly number[][],
): Promise<[number, number]> {
  let loud: number | undefined;
  let silent: number | undefined;
  for (const feature of features) {
    const last = (await activationsOn(model, source, feature, texts)).map((all) => all.at(-1)!);
    if (last.every((activation) => activation > 0)) loud ??= feature;
    if (last.every((activation) => activation === 0)) silent ??= feature;
    if (loud !== undefined && silent !== undefined) return [loud, silent];
  }
  throw new Error('no such features');
}

test('two clusters and their silhouette, by hand', () => {
  const vectors = [
    [1, 0],
    [2, 0.1],
    [0, 1],
    [0.1, 3],
  ].map((values) => Float32Array.from(values));
  const sides = twoClusters(vectors)!;
  expect(sides[0]).toBe(sides[1]);
  expect(sides[2]).toBe(sides[3]);
  expect(sides[0]).not.toBe(sides[2]);
  const right = [Float32Array.of(1, 0), Float32Array.of(1, 0), Float32Array.of(0, 1), Float32Array.of(0, 1)];
  expect(silhouette(right, [0, 0, 1, 1])).toBeCloseTo(1, 6);
  expect(silhouette(right, [0, 1, 0, 1])).toBeCloseTo(-0.5, 6);
  expect(silhouette(right, [0, 0, 0, 0])).toBe(0);
  expect(twoClusters([Float32Array.of(1, 0)])).toBeUndefined();
});

test('examples of one word have one meaning, and too few examples none', async () => {
  const frequencies = await shipped.wordFrequencies(HOOK);
  const known = [...shipped.all(HOOK)].find(({ examples }) => examples.length >= 8)!;
  const same = Array.from({ length: 8 }, () => known.examples[0]!);
  expect(await meaningsOf(model, source, known.feature, same, frequencies)).toBeUndefined();
  expect(
    await meaningsOf(model, source, known.feature, known.examples.slice(0, 3), frequencies),
  ).toBeUndefined();
});

test('features of one label are told apart by a word that the nearest of them do not have', async () => {
  const example = (before: string): EvidenceExample => ({ tokens: [before, ' bank'], activations: [0, 1] });
  const label: FeatureLabel = { words: ['bank'], shared: 2, of: 2, source: 'examples' };
  const features = new Map([
    [0, { label, examples: [example('river'), example('river')] }],
    [1, { label, examples: [example('money'), example('national')] }],
    [2, { label: { ...label, words: ['inn'] }, examples: [example('river'), example('river')] }],
    [3, { label: { ...label, shared: 0 }, examples: [example('blood'), example('blood')] }],
  ]);
  const apart = await tellApart(source, features, () => 1);
  expect([...apart]).toEqual([
    [0, { same: 1, apart: 'river' }],
    [1, { same: 1 }], // no word of it is shared
  ]);
});

test('a record is written, read again, and holds the label that an answer shows', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ghosttree-record-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const known = [...shipped.all(HOOK)].slice(0, 30);
  const shares: number[] = [];
  const records = await recordFeatures(
    model,
    source,
    known,
    await shipped.wordFrequencies(HOOK),
    { examples: 10, texts: read('a large dog', 'a person who plays music') },
    async (share) => void shares.push(share),
  );
  expect(records.length).toBeGreaterThan(20);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
  await keepRecords({ folder }, HOOK, records);
  const kept = (await FeatureRecords.read({ folder }, HOOK))!;
  for (const record of records) expect(kept.of(record.feature)).toMatchObject(record);
  expect(kept.of(1_000_000)).toBeUndefined();
  expect(await FeatureRecords.read({ folder }, 'blocks.0.hook_resid_post')).toBeUndefined();
});
