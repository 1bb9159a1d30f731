import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { markedContext } from '../../../../commands/parts/hybrid.js';
import { readConfiguration } from '../../../../src/configuration/index.js';
import { activationsOn } from '../../../../src/core/features/activation/activations.js';
import { collectFirings, firingsOf } from '../../../../src/core/features/activation/firings.js';
import { ownTexts } from '../../../../src/core/features/activation/ownTexts.js';
import { answerFeature } from '../../../../src/core/features/feature/index.js';
import { PLACED, strongestFirst } from '../../../../src/core/features/hybrid/list.js';
import { activationsInSlots, type Slot } from '../../../../src/core/features/hybrid/slots.js';
import { InputError } from '../../../../src/core/index.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { FakeModel } from '../../../support/fakeModel.js';
import { glossConfiguration } from '../../../support/glossModel.js';
import { tinyJob } from '../../../support/processes.js';
import { fixture, tinyModel } from '../../../support/tinyModel.js';

interface ReferenceCase {
  layer: number;
  feature: number;
  slots: (Slot & { activations: number[] })[];
}

const OPTIONS = { count: 70, longest: 6, seed: 3 };
const never = () => false;
const ignore = () => {};

let gloss: OpenModel;
let tiny: OpenModel;
beforeAll(async () => {
  const prepared = mkdtempSync(join(tmpdir(), 'ghosttree-hybrid-'));
  gloss = await loadModel(
    { ...readConfiguration(glossConfiguration()).models.get('gloss-12l')!, prepared },
    { threads: 1 },
  );
  tiny = await loadModel({ ...tinyModel(), prepared }, { threads: 1 });
});
afterAll(async () => {
  await gloss.close();
  await tiny.close();
});

test('activations on tokens put into carriers are those of PyTorch', async () => {
  const cases = JSON.parse(readFileSync(fixture('gloss-12l-hybrid.json'), 'utf8')) as ReferenceCase[];
  let active = 0;
  for (const { layer, feature, slots } of cases) {
    const source = await gloss.features(layer);
    const found = await activationsInSlots(gloss, source, feature, slots, never, ignore);
    slots.forEach(({ activations }, slot) => {
      activations.forEach((activation, i) => {
        expect(Math.abs(found[slot]![i]! - activation)).toBeLessThanOrEqual(1e-4 * Math.max(1, activation));
        if (activation > 0) active++;
      });
    });
  }
  expect(active).toBeGreaterThan(50);
});

test('many candidates in many carriers share batches and do not see each other', async () => {
  const source = await tiny.features(1);
  const candidates = Array.from({ length: 300 }, (_, i) => i % tiny.language.vocabularySize);
  const slots = [[0], [0, 5, 9], [0, 7]].map((before) => ({ before, candidates }));
  const shares: number[] = [];
  const found = await activationsInSlots(tiny, source, 3, slots, never, (share) => {
    shares.push(share);
  });
  for (const [slot, { before }] of slots.entries()) {
    for (const i of [0, 150, 299]) {
      const [alone] = await activationsOn(tiny, source, 3, [[...before, candidates[i]!]]);
      expect(found[slot]![i]).toBeCloseTo(alone!.at(-1)!, 4);
    }
  }
  expect(shares.length).toBeGreaterThan(1);
  expect(shares.at(-1)).toBe(1);
});

test('out of time, carriers are left out', async () => {
  const source = await tiny.features(1);
  const candidates = Array.from({ length: 600 }, (_, i) => i % 40);
  const slots = [[0], [0, 5]].map((before) => ({ before, candidates }));
  let share = 0;
  const found = await activationsInSlots(
    tiny,
    source,
    3,
    slots,
    () => true,
    (done) => {
      share = done;
    },
  );
  expect(share).toBeLessThan(1);
  expect(Math.max(...found[1]!)).toBe(0);
});

test('a model writes the same texts for the same seed, as probable as it finds them', async () => {
  const model = new FakeModel(5, 8);
  const texts = await ownTexts(model, { bos: 0 }, { ...OPTIONS, count: 4000 }, never, ignore);
  expect(await ownTexts(model, { bos: 0 }, { ...OPTIONS, count: 64 }, never, ignore)).toEqual(
    texts.slice(0, 64),
  );
  for (const text of texts) {
    expect(text[0]).toBe(0);
    expect(text.slice(1)).not.toContain(0);
    expect(text.length).toBeLessThanOrEqual(6);
  }
  for (const { tokenId, probability } of model.distribution([0])) {
    const share = texts.filter((text) => (text[1] ?? 0) === tokenId).length / texts.length;
    expect(Math.abs(share - probability)).toBeLessThan(0.03);
  }
});

test('texts end where time ends, and a cancel ends the writing', async () => {
  const model = new FakeModel(50, 8);
  let asked = 0;
  const few = await ownTexts(model, { bos: 0 }, OPTIONS, () => ++asked > 3, ignore);
  expect(few.length).toBe(64);
  expect(Math.max(...few.map(({ length }) => length))).toBeLessThan(6);
  const stop = () => {
    throw new InputError('stopped');
  };
  await expect(ownTexts(model, { bos: 0 }, OPTIONS, never, stop)).rejects.toThrow('stopped');
});

test('firings are the strongest of each token over all texts', async () => {
  const source = await tiny.features(1);
  const texts = [
    [0, 5, 9, 11, 5],
    [0, 9, 9, 5],
    [0, 11, 5, 30],
  ];
  const firings = await collectFirings(tiny, source, texts, never, ignore);
  for (const feature of [3, 7, 20]) {
    const activations = await activationsOn(tiny, source, feature, texts);
    const best = new Map<number, number>();
    texts.forEach((ids, text) => {
      ids.forEach((id, position) => {
        const activation = activations[text]![position]!;
        if (position > 0 && activation > (best.get(id) ?? 0)) best.set(id, activation);
      });
    });
    const found = firingsOf(firings, feature);
    expect(found.map(({ context }) => context.at(-1)).sort()).toEqual([...best.keys()].sort());
    for (const { context, activation } of found) {
      expect(activation).toBeCloseTo(best.get(context.at(-1)!)!, 4);
      expect(texts.some((ids) => ids.slice(0, context.length).join() === context.join())).toBe(true);
    }
  }
});

test('a token counts where it is strongest, less where it was put', () => {
  const firing = (context: number[], activation: number, written: boolean) => ({
    context,
    activation,
    written,
  });
  const firings = [
    firing([0, 1, 5], 10, true),
    firing([0, 2, 5], 19, false),
    firing([0, 2, 6], 18, false),
    firing([0, 2, 7], 9, true),
    firing([0, 3, 7], 8, true),
  ];
  expect(strongestFirst(firings, 0.5)).toEqual([firings[0], firings[2], firings[3]]);
  expect(strongestFirst(firings, 1)).toEqual([firings[1], firings[2], firings[3]]);
});

test('an answer lists tokens by activation, each with a context that really causes it', async () => {
  const { request, limits } = tinyJob({ list: 'hybrid', cutoff: 1e-2, tokens: 30 });
  const source = await tiny.features(1);
  const stages = new Set<string>();
  const report = await answerFeature(tiny, source, { ...request, layer: 1 }, limits, 0, ({ stage }) => {
    stages.add(stage);
  });
  expect([...stages]).toEqual(['measuring', 'said', 'preparing', 'ranking', 'growing']);
  expect(report.hybrid).toMatchObject({ texts: 2048, complete: true });
  expect(report.tokens.map(({ rank }) => rank)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
  expect(new Set(report.tokens.map(({ tokenId }) => tokenId)).size).toBe(30);
  const strengths = report.tokens.map(
    ({ activation, context }) => activation! * (context?.written ? 1 : PLACED),
  );
  expect(strengths).toEqual([...strengths].sort((a, b) => b - a));
  expect(strengths[0]).toBeGreaterThan(0);
  const again = await answerFeature(tiny, source, { ...request, layer: 1 }, limits, 0, ignore);
  expect(again.tokens).toEqual(report.tokens);
});

test('examples that come with a model are read for its lists', async () => {
  const source = await gloss.features(10);
  const [first, ...others] = await source.knownExamples(777);
  expect(others).toHaveLength(4);
  const texts = [[gloss.tokenizer.bos, ...gloss.tokenizer.encode(first!)]];
  const [activations] = await activationsOn(gloss, source, 777, texts);
  expect(Math.max(...activations!)).toBeCloseTo((await source.knownMaximum(777))!, 1);
  expect(await (await tiny.features(1)).knownExamples(7)).toEqual([]);
});

test('a context is shortened from its beginning, and its token marked', () => {
  expect(markedContext({ before: 'a person who', written: true }, ' seeks')).toBe('a person who[·seeks]');
  expect(markedContext({ before: `${'long '.repeat(20)}\u202e`, written: false }, 'x')).toMatch(
    /^….{26}U\+202E\[x\]\*$/u,
  );
});
