import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DreamFront } from '../../../../src/core/features/dream/front.js';
import {
  answerDream,
  type DreamProgress,
  type DreamRequest,
} from '../../../../src/core/features/dream/index.js';
import { endingsAt, HotTokens } from '../../../../src/core/features/dream/proposals.js';
import { DreamReader } from '../../../../src/core/features/dream/reader.js';
import { sampleTexts } from '../../../../src/core/features/dream/samples.js';
import { uniformNumbers } from '../../../../src/core/maths/random.js';
import { CancelledError } from '../../../../src/core/report/errors.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { glossModel } from '../../../support/glossModel.js';
import { fixture, tinyModel } from '../../../support/tinyModel.js';

const LIMITS = {
  batch: 64,
  treeMilliseconds: 60_000,
  textMilliseconds: 1000,
  dreamMilliseconds: 60_000,
  listMilliseconds: 60_000,
};

let tiny: OpenModel;
let gloss: OpenModel;
beforeAll(async () => {
  tiny = await loadModel(tinyModel(), { threads: 1 });
  gloss = await loadModel(glossModel(), { threads: 1 });
});
afterAll(async () => {
  await tiny.close();
  await gloss.close();
});

async function readerOf(model: OpenModel, layer: number, feature: number): Promise<DreamReader> {
  return new DreamReader(model.language, model.tokenizer.bos, await model.features(layer), feature);
}

const REQUEST: DreamRequest = {
  model: 'tiny-gpt2',
  layer: 0,
  feature: 7,
  parameters: {
    weights: 'encoder',
    prompt: 'A typical definition of "{ghost}" would be "',
    seed: 1,
    length: 8,
    budget: 3000,
    trim: 0,
    theme: 'dark',
  },
};

async function dreamOf(
  parameters: Partial<DreamRequest['parameters']> = {},
  { limits = LIMITS, tell = async () => {} }: { limits?: typeof LIMITS; tell?: Tell } = {},
) {
  const request = { ...REQUEST, parameters: { ...REQUEST.parameters, ...parameters } };
  return answerDream(tiny, await tiny.features(0), request, limits, 0, tell);
}
type Tell = (progress: DreamProgress) => Promise<void>;

const reference = JSON.parse(readFileSync(fixture('dream.json'), 'utf8')) as {
  model: string;
  layer: number;
  feature: number;
  text: string;
  tokens: number[];
  activations: number[];
  surprisals: number[];
}[];

test('activations and surprisals are those of PyTorch', async () => {
  expect(reference.some(({ activations }) => Math.max(...activations) > 50)).toBe(true);
  for (const { model: name, layer, feature, text, tokens, activations, surprisals } of reference) {
    const model = name === 'gloss-12l' ? gloss : tiny;
    expect(model.tokenizer.encode(text)).toEqual(tokens);
    const read = await (await readerOf(model, layer, feature)).read(tokens);
    for (const [i, expected] of activations.entries()) {
      const found = Math.max(0, read.activations[i]!);
      expect(Math.abs(found - expected)).toBeLessThan(1e-4 * Math.max(1, expected));
      expect(Math.abs(read.surprisals[i]! - surprisals[i]!)).toBeLessThan(1e-3);
    }
    const mean = surprisals.reduce((sum, nats) => sum + nats, 0) / surprisals.length;
    expect(Math.abs(read.crossEntropy - mean)).toBeLessThan(1e-4 * mean);
  }
});

test('a variant is what reading it whole says, up to its peak', async () => {
  const reader = await readerOf(gloss, 10, 777);
  const text = await reader.read(gloss.tokenizer.encode('A typical definition of "some" would be "a part'));
  const endings = ['to a degree or extent', 'to a moderately sufficient degree'].map((ending) =>
    gloss.tokenizer.encode(ending),
  );
  for (const kept of [0, 5, text.tokens.length]) {
    const variants = await reader.variants(text, kept, endings);
    for (const [i, variant] of variants.entries()) {
      const whole = await reader.read([...text.tokens.slice(0, kept), ...endings[i]!]);
      const peak = whole.activations.indexOf(whole.activation);
      if (peak < kept) {
        expect(variant).toBeUndefined();
        continue;
      }
      expect(variant!.tokens).toEqual(whole.tokens.slice(0, peak + 1));
      expect(variant!.activation).toBeCloseTo(whole.activation, 2);
      const upToPeak = await reader.read(variant!.tokens);
      expect(variant!.crossEntropy).toBeCloseTo(upToPeak.crossEntropy, 4);
      reader.forget(upToPeak);
      reader.forget(whole);
    }
  }
});

test('where a feature is silent, how far it is from active is told', async () => {
  const reader = await readerOf(gloss, 10, 777);
  const { activations } = await reader.read(gloss.tokenizer.encode('beaver: a large rodent.'));
  expect(Math.max(...activations)).toBeLessThan(0);
  expect(new Set(activations).size).toBe(activations.length);
});

test('samples are what the model would write, and read as such', async () => {
  const reader = await readerOf(gloss, 10, 777);
  const samples = await sampleTexts(reader, 4, 12, uniformNumbers(2));
  for (const { tokens, activation, whole } of samples) {
    expect(whole.tokens.length).toBeLessThanOrEqual(12);
    const read = await reader.read(whole.tokens);
    expect(tokens).toEqual(whole.tokens.slice(0, tokens.length));
    expect(activation).toBeCloseTo(read.activation, 2);
    whole.surprisals.forEach((nats, i) => {
      expect(nats).toBeCloseTo(read.surprisals[i]!, 3);
    });
  }
});

test('no text of a front is beaten by another', () => {
  const front = new DreamFront();
  const dream = (activation: number, crossEntropy: number) => ({ tokens: [1], activation, crossEntropy });
  for (const [activation, nats] of [
    [5, 3],
    [4, 3.5],
    [6, 5],
    [5, 2],
    [-1, 0],
    [1, 1],
  ] as const)
    front.offer(dream(activation, nats));
  expect(front.all()).toEqual([dream(1, 1), dream(5, 2), dream(6, 5)]);
  expect(front.strongest()).toEqual(dream(6, 5));
  expect(front.strongest(4)).toEqual(dream(5, 2));
  expect(front.strongest(0.5)).toBeUndefined();
});

test('a place is tried with predicted, hot, listed and like tokens, with less, and with ends of other texts', async () => {
  const hot = new HotTokens([70]);
  hot.learn(60, 3);
  const text = {
    tokens: [1, 2, 3],
    activation: 1,
    crossEntropy: 1,
    activations: Float32Array.of(0, 0, 1),
    surprisals: Float32Array.of(1, 1, 1),
    following: [[], [50, 2], [], []],
    slots: [],
  };
  const others = [{ tokens: [8, 9], activation: 2, crossEntropy: 1 }];
  const endings = await endingsAt(text, 1, {
    hot,
    others,
    alike: async (token) => [token + 10],
    vocabulary: [99],
    longest: 4,
    uniform: () => 0,
  });
  const found = endings.map((ending) => ending.join(' '));
  expect(new Set(found).size).toBe(found.length);
  expect(found.sort()).toEqual(
    // Put in, replaced, like token 2, any, left out, and the ends of the other text.
    ['50 2 3', '60 2 3', '70 2 3', '2 2 3', '50 3', '60 3', '70 3', '12 3', '99 3', '3', '9', '8 9'].sort(),
  );
});

test('the same seed dreams the same, in texts that can be typed', async () => {
  const [once, again] = [await dreamOf(), await dreamOf()];
  expect(again.front).toEqual(once.front);
  expect(once.search).toEqual({ tokens: again.search.tokens, ended: 'budget' });
  expect(once.search.tokens).toBeGreaterThanOrEqual(3000);
  expect(once.front.length).toBeGreaterThan(1);
  expect(once.chosen.strongest).toBe(once.front.length - 1);
  for (const { text, tokens, activation, peak, crossEntropy } of once.front) {
    expect(tiny.tokenizer.encode(text)).toEqual(tokens.map(({ tokenId }) => tokenId));
    expect(tokens.length).toBeLessThanOrEqual(8);
    expect(tokens[peak]!.activation).toBe(activation);
    const sum = tokens.reduce((part, { surprisal }) => part + surprisal, 0);
    expect(crossEntropy).toBeCloseTo(sum / tokens.length, 4);
  }
  expect((await dreamOf({ seed: 2 })).front).not.toEqual(once.front);
});

test('a dream tells the largest activation of the corpus, where the model ships it', async () => {
  const source = await gloss.features(10);
  const request = { ...REQUEST, model: 'gloss-12l', layer: 10, feature: 777 };
  const report = await answerDream(
    gloss,
    source,
    request,
    { ...LIMITS, dreamMilliseconds: 1 },
    0,
    async () => {},
  );
  expect(report.known).toBe(await source.knownMaximum(777));
  expect((await dreamOf()).known).toBeUndefined();
});

test('a dream that is cancelled, or out of time, is what was found until then', async () => {
  let told = 0;
  const tell: Tell = async ({ best }) => {
    if (best && ++told > 2) throw new CancelledError();
  };
  const cancelled = await dreamOf({ budget: 100_000 }, { tell });
  expect(cancelled.search.ended).toBe('cancelled');
  expect(cancelled.front.length).toBeGreaterThan(0);
  const limits = { ...LIMITS, textMilliseconds: 1000, dreamMilliseconds: 1 };
  expect((await dreamOf({ budget: 100_000 }, { limits })).search.ended).toBe('time');
  const atOnce = dreamOf({}, { tell: () => Promise.reject(new CancelledError()) });
  await expect(atOnce).rejects.toThrow(CancelledError);
});
