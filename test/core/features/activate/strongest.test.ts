import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerActivate } from '../../../../src/core/features/activate/index.js';
import { answerStrongest } from '../../../../src/core/features/activate/strongest.js';
import type { FeatureActivity, FeatureSource } from '../../../../src/core/model/model.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { tinyModel } from '../../../support/tinyModel.js';

const PARAMETERS = { bos: false, theme: 'dark', trim: 1e-4 } as const;
const TEXT = 'the ship sailed on';

let model: OpenModel;
let source: FeatureSource;
beforeAll(async () => {
  model = await loadModel(tinyModel('tiny-gpt2'), { threads: 1 });
  source = await model.features(1);
});
afterAll(() => model.close());

const ask = async (change: Partial<FeatureSource> = {}, bos = false) => {
  const parameters = { ...PARAMETERS, bos };
  const question = { model: 'tiny-gpt2', layers: [1], texts: [TEXT], parameters };
  const report = await answerStrongest(model, async () => ({ ...source, ...change }), question, 0);
  return report.layers[0]!;
};

test('without known maxima the largest activation comes first', async () => {
  const { strongest, alwaysOn } = await ask({ knownActivities: async () => new Map() });
  expect(strongest.length).toBeGreaterThan(2);
  expect(strongest.map(({ activation }) => activation)).toEqual(
    strongest.map(({ activation }) => activation).toSorted((a, b) => b - a),
  );
  expect(alwaysOn).toEqual([]);
  expect(strongest[0]).not.toHaveProperty('share');
});

test('the share of the maximum decides; features without one are last, those that are always on apart', async () => {
  const plain = (await ask({ knownActivities: async () => new Map() })).strongest;
  const [first, second, third, fourth] = plain.map(({ feature, activation }) => ({ feature, activation }));
  const activities = new Map<number, FeatureActivity>([
    [first!.feature, { density: 0.01, maximum: first!.activation * 10 }],
    [second!.feature, { density: 0.3, maximum: second!.activation }],
    [third!.feature, { density: 0.02, maximum: third!.activation * 2 }],
    // Never active in the corpus, so that nothing is known of how active it can be.
    [fourth!.feature, { density: 0, maximum: 0 }],
  ]);
  const { strongest, alwaysOn, active } = await ask({ knownActivities: async () => activities });
  expect(strongest.slice(0, 2)).toMatchObject([
    { feature: third!.feature, density: 0.02 },
    { feature: first!.feature, density: 0.01 },
  ]);
  expect(strongest[0]!.share).toBeCloseTo(0.5);
  expect(strongest[1]!.share).toBeCloseTo(0.1);
  expect(alwaysOn).toMatchObject([{ feature: second!.feature, density: 0.3 }]);
  expect(strongest.find(({ feature }) => feature === fourth!.feature)).not.toHaveProperty('share');
  expect(active).toBe((await ask()).active);
});

test('tokens whose stream is of massive norm do not count, unless BOS does', async () => {
  const { language } = model;
  const width = language.hiddenSize;
  const longer = {
    ...model,
    language: {
      vocabularySize: language.vocabularySize,
      contextLength: language.contextLength,
      hiddenSize: width,
      createStore: () => language.createStore(),
      forward: language.forward.bind(language),
      residual: async (...question: Parameters<typeof language.residual>) => {
        const residual = Float32Array.from(await language.residual(...question));
        // The second token after BOS.
        return residual.map((value, i) => (Math.floor(i / width) === 2 ? 50 * value : value));
      },
    },
  };
  const found = async (bos: boolean) => {
    const question = { model: 'tiny-gpt2', layers: [1], texts: [TEXT], parameters: { ...PARAMETERS, bos } };
    return (await answerStrongest(longer, async () => source, question, 0)).layers[0]!;
  };
  const without = await found(false);
  expect(without.massive).toEqual([{ text: 0, position: 1 }]);
  expect(without.strongest.some(({ position }) => position === 1)).toBe(false);
  for (const { activations } of without.strongest) expect(activations[1]).toBe(0);
  const withAll = await found(true);
  expect(withAll.massive).toEqual([]);
  expect(withAll.strongest[0]!.position).toBe(2);
});

test('layers are answered one after the other, with the share of each', async () => {
  const shares: [number, number][] = [];
  const question = { model: 'tiny-gpt2', layers: [0, 1], texts: [TEXT, 'a'], parameters: PARAMETERS };
  const open = (layer: number) => model.features(layer);
  const { layers, texts } = await answerStrongest(model, open, question, 0, async (share, index) => {
    shares.push([index, share]);
  });
  expect(layers.map(({ sae }) => sae.layer)).toEqual([0, 1]);
  expect(texts).toHaveLength(2);
  expect(shares.filter(([index]) => index === 1).at(-1)).toEqual([1, 1]);
  const one = await answerActivate(
    model,
    source,
    { ...question, layer: 1, feature: layers[1]!.strongest[0]!.feature },
    0,
  );
  expect(one.max).toBeCloseTo(layers[1]!.strongest[0]!.activation, 4);
});
