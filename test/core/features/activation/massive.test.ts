import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  encodeTexts,
  readableText,
  readBatches,
} from '../../../../src/core/features/activation/activations.js';
import { massiveRows, rowNorms } from '../../../../src/core/features/activation/parity.js';
import { largestActivations } from '../../../../src/core/features/activation/readBack.js';
import { peakStreams } from '../../../../src/core/features/activation/vectorOf.js';
import type { FeatureSource } from '../../../../src/core/model/model.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { glossModel } from '../../../support/glossModel.js';

let model: OpenModel;
let source: FeatureSource;
beforeAll(async () => {
  model = await loadModel(glossModel([10]), { threads: 1 });
  source = await model.features(10);
});
afterAll(() => model.close());

/** Where the streams of some texts are of massive norm, and the activations there and elsewhere. */
async function readTexts(texts: readonly string[]) {
  const ids = texts.map((text) => readableText(model, text));
  const massive: boolean[][] = [];
  for await (const { residual, starts } of readBatches(model, source, ids)) {
    const rows = massiveRows(rowNorms(residual, source.inputSize));
    for (const [i, start] of starts.entries()) massive.push(rows.slice(start, start + ids[i]!.length));
  }
  const activations: Float32Array[] = [];
  for await (const encoded of encodeTexts(model, source, ids)) activations.push(encoded.activations.slice());
  return { ids, massive, activations };
}

test('what a feature does on tokens of massive norm counts neither as read back nor as a firing place', async () => {
  const own = await model.ownTexts(60_000, () => {});
  const texts = own.slice(0, 12).map((ids) =>
    ids
      .slice(1)
      .map((id) => model.tokenizer.text(id))
      .join(''),
  );
  const { ids, massive, activations } = await readTexts(texts);
  expect(massive.flat().filter(Boolean).length).toBeGreaterThan(0);
  const largest = (feature: number, counts: (text: number, row: number) => boolean) =>
    ids.map((tokens, text) =>
      tokens.reduce((most, _, row) => {
        const activation = activations[text]![row * source.features + feature]!;
        return row > 0 && counts(text, row) ? Math.max(most, activation) : most;
      }, 0),
    );
  const isActiveThere = (feature: number) =>
    massive.some((rows, text) =>
      rows.some((isMassive, row) => isMassive && activations[text]![row * source.features + feature]! > 0),
    );
  const features = Array.from({ length: source.features }, (_, feature) => feature).filter(isActiveThere);
  let differing = 0;
  for (const feature of features.slice(0, 6)) {
    const ordinary = largest(feature, (text, row) => !massive[text]![row]);
    const all = largest(feature, () => true);
    if (ordinary.some((value, text) => value !== all[text])) differing++;
    const read = await largestActivations(model, source, feature, texts);
    for (const [text, value] of ordinary.entries()) expect(read[text]).toBeCloseTo(value, 4);
    const peaks = await peakStreams(model, source, feature, texts);
    expect(peaks.map(({ text }) => text)).toEqual([...ordinary.keys()].filter((text) => ordinary[text]! > 0));
  }
  expect(differing).toBeGreaterThan(0);
});
