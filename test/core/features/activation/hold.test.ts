import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { activationsOn, readableText } from '../../../../src/core/features/activation/activations.js';
import { PARITY_PASSAGES } from '../../../../src/core/features/activation/parityText.js';
import { activationUnit } from '../../../../src/core/features/activation/unit.js';
import { answerFeature } from '../../../../src/core/features/feature/index.js';
import { sequenceRows } from '../../../../src/core/features/ghost/sequence.js';
import type { FeatureSource } from '../../../../src/core/model/model.js';
import { GHOST, type Hold } from '../../../../src/core/model/ports.js';
import { tokenizePrompt } from '../../../../src/core/model/prompt.js';
import type { FeatureParameters } from '../../../../src/core/report/parameters.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { Sae } from '../../../../src/core/weights/sae/index.js';
import { ShippedFeatures } from '../../../../src/core/weights/sae/shipped.js';
import { glossModel } from '../../../support/glossModel.js';
import { largestDifference } from '../../../support/numbers.js';
import { tinyJob } from '../../../support/processes.js';
import { fixture, tinyModel } from '../../../support/tinyModel.js';

/** Clamping and steering against PyTorch; what the fixture's fields mean: test/reference/make_held.py. */
interface Case {
  model: string;
  sae: string;
  hook: string;
  centered: boolean;
  feature: number;
  by: 'clamp' | 'steer';
  target: number;
  before: number[];
  after: number[];
  ghost: number[];
  continuation: number[];
  tokens: number[];
  steps: number[][];
  unheld: number[];
}

const CASES: Case[] = JSON.parse(readFileSync(fixture('held.json'), 'utf8'));
const TINY = ['tiny-gpt2', 'tiny-gpt2-sharded', 'tiny-gemma', 'tiny-gemma-2'] as const;
const SOURCES = [...TINY.map((name) => tinyModel(name)), glossModel()];
describe.each(SOURCES)('$id', (source) => {
  const cases = CASES.filter((one) => one.model === source.id);
  let model: OpenModel;
  beforeAll(async () => {
    model = await loadModel(source, { threads: 1 });
  });
  afterAll(() => model.close());

  const open = (one: Case) => {
    const place = Object.values(source.saes).find(({ hook }) => hook === one.sae)!;
    return Sae.open({ ...place, centered: one.centered });
  };
  const heldIn = async (one: Case): Promise<Hold> => {
    const sae = await open(one);
    const activation = one.by === 'clamp' ? await sae.activation(one.feature) : undefined;
    const decoder = await sae.writing(one.feature);
    return { hook: one.hook, from: one.before.length, target: one.target, decoder, activation };
  };
  const name = ({ hook, by, feature }: Case) => `${by} feature ${feature} at ${hook}`;

  test.each(cases.map((one) => ({ ...one, name: name(one) })))(
    '$name: logits of whole passes are those of PyTorch within 1e-4',
    async (one) => {
      const held = await heldIn(one);
      const { before, after, continuation, tokens } = one;
      const logitsOf = async (length: number, feature: Hold | undefined) => {
        const ids = [...before, GHOST, ...after, ...continuation.slice(0, length)];
        const rows = sequenceRows(ids);
        const ghosts = [Float32Array.from(one.ghost)];
        const batch = { rows, ghosts, shared: [], selected: [rows.length - 1], top: 1, hold: feature };
        const { logits } = await model.language.inspect(batch, ['logits']);
        return tokens.map((token) => logits![token]!);
      };
      for (const [length, wanted] of one.steps.entries())
        expect(largestDifference(await logitsOf(length, held), wanted)).toBeLessThan(tolerance(wanted));
      // What nothing holds stays as it was, and is another thing.
      const free = await logitsOf(0, undefined);
      expect(largestDifference(free, one.unheld)).toBeLessThan(tolerance(one.unheld));
      expect(largestDifference(free, one.steps[0]!)).toBeGreaterThan(1);
    },
  );

  test.each(cases.map((one) => ({ ...one, name: name(one) })))(
    '$name: a continuation over stored keys and values says the same',
    async (one) => {
      const held = await heldIn(one);
      const { language } = model;
      const store = language.createStore();
      const ids = [...one.before, GHOST, ...one.after];
      const ghosts = [Float32Array.from(one.ghost)];
      const common = { ghosts, top: 1, hold: held };
      const rows = sequenceRows(ids);
      let result = await language.forward({ rows, shared: [], selected: [ids.length - 1], ...common }, store);
      const shared = rows.map((_, row) => result.keep(row));
      const ancestors: number[] = [];
      for (const [step, wanted] of one.steps.entries()) {
        const probabilities = await result.distributions();
        const logs = one.tokens.map((token) => Math.log(probabilities[token]!));
        // Logits are known up to a common number.
        const relative = logs.map((log) => log - logs[0]! + wanted[0]!);
        expect(largestDifference(relative, wanted)).toBeLessThan(2 * tolerance(wanted));
        const token = one.continuation[step];
        if (token === undefined) break;
        const row = { token, position: ids.length + step, ancestors: [...ancestors], peers: [] };
        result = await language.forward({ rows: [row], shared, selected: [0], ...common }, store);
        ancestors.push(result.keep(0));
      }
    },
  );

  test('what stands before the ghost is not touched', async () => {
    const one = cases[0]!;
    const rows = sequenceRows([...one.before, GHOST, ...one.after]);
    const batch = { rows, ghosts: [Float32Array.from(one.ghost)] };
    const free = await model.language.residual(batch, one.hook);
    const held = await model.language.residual({ ...batch, hold: await heldIn(one) }, one.hook);
    const first = one.before.length * model.language.hiddenSize;
    expect(held.subarray(0, first)).toEqual(free.subarray(0, first));
    expect(largestDifference(held.subarray(first), free.subarray(first))).toBeGreaterThan(0.1);
  });
});

/** 1e-4, relative to a spread of 3. */
function tolerance(values: readonly number[]): number {
  return 1e-4 * Math.max(1, (Math.max(...values) - Math.min(...values)) / 3);
}

describe('one feature alone', () => {
  interface SaeCase {
    name: string;
    hook: string;
    activations: number[][];
  }
  const { input, cases }: { input: number[][]; cases: SaeCase[] } = JSON.parse(
    readFileSync(fixture('tiny-saes.json'), 'utf8'),
  );
  const refused = /topk|constant-norm|layer-norm/;

  test.each(cases.filter(({ name }) => !refused.test(name)))(
    '$name: a feature is as active as PyTorch says',
    async ({ name, hook, activations }) => {
      const sae = await Sae.open({ hook, folder: fixture('tiny-saes', name) });
      for (let feature = 0; feature < sae.features; feature++) {
        const { encoder, bias, threshold, gain, offset } = await sae.activation(feature);
        const ours = input.map((x) => {
          const pre = x.reduce((sum, value, i) => sum + value * encoder[i]!, bias);
          return pre > threshold ? Math.max(0, gain * pre + offset) : 0;
        });
        const wanted = activations.map((row) => row[feature]!);
        expect(largestDifference(ours, wanted)).toBeLessThan(1e-4);
      }
    },
  );

  test.each(cases.filter(({ name }) => refused.test(name)))(
    '$name: cannot be clamped, and the refusal names what can be done',
    async ({ name, hook }) => {
      const sae = await Sae.open({ hook, folder: fixture('tiny-saes', name) });
      await expect(sae.activation(0)).rejects.toThrow(/use steer=\.\.\. instead/);
      expect((await sae.writing(0)).some((value) => value !== 0)).toBe(true);
    },
  );
});

describe('in an answer', () => {
  let model: OpenModel;
  let source: FeatureSource;
  beforeAll(async () => {
    model = await loadModel(tinyModel(), { threads: 1 });
    source = await model.features(1);
  });
  afterAll(() => model.close());
  const answer = (asked: Partial<FeatureParameters>, feature = 3, from = source) => {
    const { request, limits } = tinyJob({ scale: 2, cutoff: 0.01, depth: 4, ...asked });
    return answerFeature(model, from, { ...request, layer: 1, feature }, limits, 0, () => {});
  };
  const unitOf = (from: FeatureSource) => {
    const prompt = tokenizePrompt(tinyJob().request.parameters.prompt, model.tokenizer, true);
    const ghost = new Float32Array(model.language.hiddenSize).fill(0.1);
    return activationUnit(model, from, 3, { prompt, ghost, speaker: model.language }, async () => {});
  };

  test('a held tree says how it was held, and is another tree', async () => {
    const free = await answer({});
    expect(free.held).toBeUndefined();
    const clamped = await answer({ clamp: 4 });
    const { held, parameters } = clamped;
    expect([parameters.clamp, parameters.steer]).toEqual([4, 'off']);
    expect(held).toMatchObject({ by: 'clamp', strength: 4, activation: 4 * held!.unit });
    expect(clamped.tree.root).not.toEqual(free.tree.root);
    expect(clamped.tokens).toEqual(free.tokens);
    expect((await answer({ steer: 4 })).held).toEqual({ ...held, by: 'steer' });
    expect((await answer({ steer: 0 })).tree.root).toEqual(free.tree.root);
  });

  test('one is not clamped and steered at once, nor clamped where the SAE does not allow it', async () => {
    await expect(answer({ clamp: 1, steer: 2 })).rejects.toThrow(
      'clamp=1 and steer=2 exclude each other: give one of them, or set the other to off.',
    );
    const hook = 'blocks.1.hook_resid_post';
    const topk = await Sae.open({ hook, folder: fixture('tiny-saes', 'topk') });
    const from = { ...source, activation: topk.activation.bind(topk) };
    await expect(answer({ clamp: 1 }, 2, from)).rejects.toThrow('use steer=... instead');
    expect((await answer({ steer: 1 }, 2, from)).held?.by).toBe('steer');
  });

  test("a strength's unit: the corpus, else texts, else what is typical", async () => {
    expect(await unitOf({ ...source, knownMaximum: async () => 12.5 })).toEqual({
      unit: 12.5,
      from: 'corpus',
    });
    const ids = PARITY_PASSAGES.map((text) => readableText(model, text));
    const onPassages = (feature: number) =>
      activationsOn(model, source, feature, ids).then((all) =>
        Math.max(...all.map((values) => Math.max(...values.subarray(1)))),
      );
    const measured = await unitOf(source);
    expect(measured.from).toBe('texts');
    expect(measured.unit).toBeGreaterThanOrEqual(await onPassages(3));
    const silent: FeatureSource = {
      ...source,
      async encode(residual, rows) {
        const activations = await source.encode(residual, rows);
        for (let row = 0; row < rows; row++) activations[row * source.features + 3] = 0;
        return activations;
      },
    };
    const all: number[] = [];
    for (let feature = 0; feature < source.features; feature++)
      if (feature !== 3) all.push(await onPassages(feature));
    const sorted = all.filter((value) => value > 0).sort((a, b) => a - b);
    const typical = await unitOf(silent);
    expect(typical.from).toBe('typical');
    expect(typical.unit).toBeCloseTo(sorted[sorted.length >> 1]!, 3);
  });

  test('gloss-12l ships the largest activations of its corpus', async () => {
    const shipped = await ShippedFeatures.read(fixture('gloss-12l'));
    expect(shipped?.of('blocks.0.hook_resid_post', 0)?.max).toBe(15.867);
    expect(shipped?.of('blocks.0.hook_resid_post', 1024)).toBeUndefined();
    expect(await ShippedFeatures.read(fixture('tiny-gpt2'))).toBeUndefined();
  });
});
