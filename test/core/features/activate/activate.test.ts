import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerActivate } from '../../../../src/core/features/activate/index.js';
import { answerStrongest } from '../../../../src/core/features/activate/strongest.js';
import type { FeatureSource } from '../../../../src/core/model/model.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { glossModel } from '../../../support/glossModel.js';
import { fixture, tinyModel } from '../../../support/tinyModel.js';

/** What test/reference/make_activate.py wrote. */
type Fixture = Record<
  string,
  {
    layer: number;
    text: string;
    ids: number[];
    active: number;
    strongest: { feature: number; position: number; activation: number; activations: number[] }[];
  }[]
>;

const expected = JSON.parse(readFileSync(fixture('activate.json'), 'utf8')) as Fixture;
const SOURCES = [glossModel(), tinyModel('tiny-gpt2')];
const PARAMETERS = { bos: false, theme: 'dark', trim: 1e-4 } as const;

describe.each(SOURCES)('$id against PyTorch', (source) => {
  let model: OpenModel;
  beforeAll(async () => {
    model = await loadModel(source, { threads: 1 });
  });
  afterAll(() => model.close());

  test.each(expected[source.id]!)('layer $layer: $text', async ({ layer, text, ids, active, strongest }) => {
    const features = await model.features(layer);
    const question = { model: source.id, layer, texts: [text], parameters: PARAMETERS };
    // PyTorch knows no maxima, by whose share features would be ranked.
    const byActivation = { ...features, knownActivities: async () => new Map() };
    const asked = { model: source.id, layers: [layer], texts: [text], parameters: PARAMETERS };
    const found = await answerStrongest(model, async () => byActivation, asked, 0);
    const [ofLayer] = found.layers;
    expect(ofLayer!.sae.layer).toBe(layer);
    expect(found.texts[0]!.tokens.map(({ tokenId }) => tokenId)).toEqual(ids.slice(1));
    // Rounding decides about activations that are hardly above 0, and about a gate that is hardly open.
    // PyTorch leaves out no token of massive norm.
    const least = ofLayer!.massive.length > 0 ? 0 : active - 1;
    expect(ofLayer!.active).toBeLessThanOrEqual(active + 1);
    expect(ofLayer!.active).toBeGreaterThanOrEqual(least);
    const { activation: largest } = strongest[0]!;
    for (const wanted of strongest) {
      const { feature, position, activation, activations } = wanted;
      const one = await answerActivate(model, features, { ...question, feature }, 0);
      const [read] = one.texts;
      expect(read!.peak!.position).toBe(position);
      expect(one.max).toBe(read!.peak!.activation);
      expect(Math.abs(one.max - activation)).toBeLessThan(1e-4 * activation);
      read!.activations.forEach((ours, i) => {
        expect(Math.abs(ours - activations[i + 1]!)).toBeLessThan(1e-4 * largest);
      });
      const listed = [...ofLayer!.strongest, ...ofLayer!.alwaysOn].find(
        (candidate) => candidate.feature === feature,
      );
      expect(listed).toMatchObject({ text: 0, ...read!.peak, activations: read!.activations });
      const withBos = { ...question, feature, parameters: { ...PARAMETERS, bos: true } };
      const [whole] = (await answerActivate(model, features, withBos, 0)).texts;
      expect(whole!.tokens.map(({ tokenId }) => tokenId)).toEqual(ids);
      expect(Math.abs(whole!.activations[0]! - activations[0]!)).toBeLessThan(
        1e-4 * Math.max(largest, activations[0]!),
      );
    }
  });
});

describe('texts', () => {
  let model: OpenModel;
  let features: FeatureSource;
  beforeAll(async () => {
    model = await loadModel(SOURCES[0]!, { threads: 1 });
    features = await model.features(10);
  });
  afterAll(() => model.close());
  const ask = (texts: string[], feature = 777) =>
    answerActivate(
      model,
      features,
      { model: 'gloss-12l', layer: 10, feature, texts, parameters: PARAMETERS },
      0,
    );

  test('of one batch do not see each other', async () => {
    const texts = ['to a considerable degree', 'the ship', 'to a moderately sufficient extent or degree'];
    const together = await ask(texts);
    const alone = await Promise.all(texts.map((text) => ask([text])));
    together.texts.forEach((text, i) => {
      text.activations.forEach((activation, position) => {
        expect(activation).toBeCloseTo(alone[i]!.texts[0]!.activations[position]!, 3);
      });
    });
    expect(together.texts.map(({ text }) => text)).toEqual(texts);
    expect(together.max).toBe(Math.max(...together.texts.map(({ peak }) => peak?.activation ?? 0)));
  });

  test('are read as far as the context reaches, and the rest is counted', async () => {
    const [text] = (await ask(['the ship sailed '.repeat(40)])).texts;
    expect(text!.tokens).toHaveLength(63);
    expect(text!.activations).toHaveLength(63);
    expect(text!.unread).toBe(model.tokenizer.encode('the ship sailed '.repeat(40)).length - 63);
  });

  test('on which the feature is silent have no peak', async () => {
    const { texts, max } = await ask(['x']);
    expect(texts[0]).toMatchObject({ activations: [0], peak: null, unread: 0 });
    expect(max).toBe(0);
  });

  test('that are none, or too many, and features that do not exist are refused', async () => {
    await expect(ask([])).rejects.toThrow(/^There is no text/);
    await expect(ask([''])).rejects.toThrow(/^There is no text/);
    await expect(ask(Array(17).fill('a'))).rejects.toThrow(/^17 texts are too many/);
    await expect(ask(['a'], 99_999)).rejects.toThrow(/^Feature 99999 does not exist/);
  });
});
