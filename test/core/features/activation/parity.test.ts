import { cp, open, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  judgeParity,
  measureParity,
  type ParityBand,
  type ParityPorts,
} from '../../../../src/core/features/activation/parity.js';
import { PARITY_PASSAGES } from '../../../../src/core/features/activation/parityText.js';
import { sequenceRows } from '../../../../src/core/features/ghost/sequence.js';
import { CancelledError } from '../../../../src/core/report/errors.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { openSae } from '../../../../src/core/runtime/opened/openSae.js';
import { reconstruct } from '../../../../src/core/runtime/opened/saeEncoder.js';
import { readElements, readSafetensorsHeader } from '../../../../src/core/weights/files/safetensors.js';
import type { SaeSource } from '../../../../src/core/weights/files/source.js';
import { Sae } from '../../../../src/core/weights/sae/index.js';
import { glossModel } from '../../../support/glossModel.js';
import { temporaryFolder } from '../../../support/temporaryFolder.js';
import { modelSource, tinyModel } from '../../../support/tinyModel.js';

const LAYERS = [0, 6, 10];
const hookAt = (layer: number) => `blocks.${layer}.hook_resid_post`;
const gloss = glossModel(LAYERS);
const noStep = async () => {};

/** What PyTorch measures on the fixed text, with some room for quantised weights. */
const BANDS: Record<number, ParityBand> = {
  0: { l0: [29.2, 35.7], explainedVariance: [0.836, 0.896] },
  6: { l0: [28.8, 35.2], explainedVariance: [0.76, 0.82] },
  10: { l0: [28.4, 34.6], explainedVariance: [0.807, 0.867] },
};

describe('the measure', () => {
  const WIDTH = 3;
  const ports: ParityPorts = {
    tokenizer: { bos: 1000, encode: (text) => [...text].map((_, i) => i), text: String },
    // The row of BOS would spoil everything.
    residual: async (tokens) =>
      Float32Array.from({ length: tokens.length * WIDTH }, (_, i) => (i < WIDTH ? 1e6 : 5 + Math.sin(i))),
    reconstruct: async (residual, rows) => ({
      active: rows * 3,
      target: residual,
      reconstruction: residual.map((value) => value + 0.1),
    }),
  };

  test('counts active features and explained variance over all tokens but BOS, of at most 64 positions', async () => {
    const { l0, explainedVariance } = await measureParity(ports);
    expect(l0).toBe(3);
    // 63 of each of the passages, each column with the variance of its sines.
    const columns = Array.from({ length: WIDTH }, (_, column) =>
      Array.from({ length: 63 }, (_, row) => Math.sin((row + 1) * WIDTH + column)),
    );
    const variance = columns.reduce((total, values) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / 63;
      return total + values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 63;
    }, 0);
    expect(explainedVariance).toBeCloseTo(1 - (WIDTH * 0.01) / variance, 4);
  });

  test('leaves out tokens whose stream is many times as long as the others are', async () => {
    const massive = async (tokens: readonly number[]) => {
      const stream = await ports.residual(tokens);
      stream.fill(400, 5 * WIDTH, 6 * WIDTH);
      return stream;
    };
    const withOne = await measureParity({ ...ports, residual: massive });
    const { explainedVariance } = await measureParity(ports);
    expect(withOne.l0).toBe(3);
    expect(withOne.explainedVariance).toBeCloseTo(explainedVariance, 2);
  });

  test('can be stopped after every passage', async () => {
    let passages = 0;
    const stop = async () => {
      passages++;
      throw new CancelledError();
    };
    await expect(measureParity(ports, stop)).rejects.toThrow(CancelledError);
    expect(passages).toBe(1);
  });

  test('is held against what is known of the release', () => {
    const measure = { l0: 50, explainedVariance: 0.8 };
    const status = (band?: ParityBand) => judgeParity(measure, band).status;
    expect(status()).toBe('unknown');
    expect(status({ caution: 'Careful.' })).toBe('unknown');
    expect(status({ l0: [40, 60] })).toBe('verified');
    expect(status({ l0: [40, 60], explainedVariance: [0.85, 1] })).toBe('unverified');
    expect(status({ l0: [51, 60], explainedVariance: [0.7, 0.9] })).toBe('unverified');
    expect(judgeParity({ l0: Number.NaN, explainedVariance: 0 }, { l0: [0, 1] }).status).toBe('unverified');
    const band: ParityBand = { l0: [40, 60], caution: 'Careful.' };
    expect(judgeParity(measure, band)).toEqual({
      status: 'verified',
      ...measure,
      expected: { l0: [40, 60] },
      note: 'Careful.',
    });
  });
});

describe('gloss-12l', () => {
  let model: OpenModel;
  beforeAll(async () => {
    model = await loadModel(gloss, { threads: 1 });
  });
  afterAll(() => model.close());

  /** The check of an SAE that lies in `folder`, at `hook`. */
  async function parityOf(place: SaeSource) {
    const source = { ...gloss, prepared: join(await temporaryFolder(), 'prepared') };
    return (await openSae({ ...model, source }, place, { threads: 1 }, noStep)).parity;
  }

  test('passages are about 40 tokens long and fit 64 positions', () => {
    for (const passage of PARITY_PASSAGES) {
      const { length } = model.tokenizer.encode(passage);
      expect(length).toBeGreaterThan(30);
      expect(length).toBeLessThan(64);
    }
  });

  test('measures are those of PyTorch', async () => {
    const measures = await Promise.all(LAYERS.map(async (layer) => (await model.features(layer)).parity));
    // test/reference/independent/sae.py over test/reference/independent/gpt2.py.
    const wanted = [
      [32.42706, 0.8663147],
      [31.98674, 0.7902594],
      [31.49867, 0.8369417],
    ];
    for (const [i, { l0, explainedVariance }] of measures.entries()) {
      expect(Math.abs(l0 - wanted[i]![0]!)).toBeLessThan(0.02);
      expect(Math.abs(explainedVariance - wanted[i]![1]!)).toBeLessThan(1e-4);
    }
  });

  test.each(LAYERS)('layer %i as it is falls within its band', async (layer) => {
    const { folder, hook } = gloss.saes[layer]!;
    expect((await parityOf({ folder, hook, parity: BANDS[layer] })).status).toBe('verified');
  });

  const DAMAGES: [string, (folder: string) => Promise<void>][] = [
    ['negated b_dec', (folder) => change(folder, 'b_dec', (values) => values.map((value) => -value))],
    ['no b_dec', (folder) => change(folder, 'b_dec', (values) => values.fill(0))],
    ['no b_enc', (folder) => change(folder, 'b_enc', (values) => values.fill(0))],
    ['no threshold', (folder) => change(folder, 'threshold', (values) => values.fill(0))],
    ['W_enc in the other order', (folder) => change(folder, 'W_enc', transposed)],
    ['W_dec in the other order', (folder) => change(folder, 'W_dec', transposed)],
    ['b_dec subtracted from the input', (folder) => configure(folder, { apply_b_dec_to_input: true })],
    ['a standard SAE', (folder) => configure(folder, { architecture: 'standard' })],
    ['a normalised input', (folder) => configure(folder, { normalize_activations: 'layer_norm' })],
  ];
  describe.each(LAYERS)('layer %i is found out', (layer) => {
    test.each(DAMAGES)('%s', async (_, damage) => {
      const { hook, folder: original } = gloss.saes[layer]!;
      const folder = await copied(original);
      await damage(folder);
      expect((await parityOf({ folder, hook, parity: BANDS[layer] })).status).toBe('unverified');
    });

    test.each([0, 6, 10, layer - 1, layer + 1].filter((other) => other >= 0 && other !== layer))(
      'at the hook point of layer %i',
      async (other) => {
        const folder = await copied(gloss.saes[layer]!.folder);
        await configure(folder, { metadata: {} });
        const parity = await parityOf({ folder, hook: hookAt(other), parity: BANDS[layer] });
        expect(parity.status).toBe('unverified');
      },
    );

    test('a stream that is not centred as the SAE was trained', async () => {
      // gloss-12l's streams have next to no mean over d_model; stock GPT-2's have, and LayerNorm hides it.
      const { hook, folder } = gloss.saes[layer]!;
      const shiftedParity = async (centered: boolean) => {
        const sae = await Sae.open({ hook, folder, centered });
        const measure = await measureParity({
          tokenizer: model.tokenizer,
          residual: async (tokens) => {
            const stream = await model.language.residual({ rows: sequenceRows(tokens), ghosts: [] }, hook);
            const width = stream.length / tokens.length;
            // As large as the rest of the stream; BOS, whose residual is huge, does not count.
            const spread = Math.hypot(...stream.subarray(width)) / Math.sqrt(stream.length - width);
            return stream.map((value) => value + spread);
          },
          reconstruct: (residual, rows) => reconstruct(sae, { threads: 1 }, residual, rows),
        });
        return judgeParity(measure, BANDS[layer]).status;
      };
      expect(await shiftedParity(true)).toBe('verified');
      expect(await shiftedParity(false)).toBe('unverified');
    });
  });

  test('a layer that the model does not have is refused', async () => {
    const source = { ...gloss, saes: { 12: { hook: hookAt(12), folder: gloss.saes[10]!.folder } } };
    const other = await loadModel(source, { threads: 1 });
    await expect(other.features(12)).rejects.toThrow(/has 12 layers and no blocks.12.hook_resid_post/);
    await other.close();
  });
});

describe('what was measured is kept', () => {
  /** A tiny model of which everything may be changed, asked anew for its check. */
  async function setting() {
    const root = await temporaryFolder();
    const { folder } = tinyModel();
    await cp(folder, root, { recursive: true });
    const source = modelSource('tiny-gpt2', root, [0, 1]);
    let steps = 0;
    const ask = async (layer = 0) => {
      const model = await loadModel(source, { threads: 1 });
      steps = 0;
      const { parity } = await model.features(layer, async () => void steps++);
      await model.close();
      return { parity, measured: steps > 0 };
    };
    return { source, ask };
  }

  test('for each hook point, until a file changes', async () => {
    const { source, ask } = await setting();
    const first = await ask();
    expect(first.measured).toBe(true);
    expect(await ask()).toEqual({ parity: first.parity, measured: false });
    expect((await ask(1)).measured).toBe(true);
    expect(await ask()).toEqual({ parity: first.parity, measured: false });
    await utimes(join(source.saes[0]!.folder, 'sae_weights.safetensors'), 1e9, 1e9);
    expect((await ask()).measured).toBe(true);
    expect((await ask()).measured).toBe(false);
    await utimes(join(source.folder, 'model.safetensors'), 1e9, 1e9);
    expect((await ask()).measured).toBe(true);
    source.saes[0]!.centered = true;
    expect((await ask()).measured).toBe(true);
    source.dtype = 'q8';
    expect((await ask()).measured).toBe(true);
  });

  test('and judged anew when the band changes', async () => {
    const { source, ask } = await setting();
    await ask();
    source.saes[0]!.parity = { l0: [1e6, 2e6] };
    expect(await ask()).toMatchObject({ parity: { status: 'unverified' }, measured: false });
  });

  test.each(['', '{"half', '{"blocks.0.hook_resid_post float32": 7}', '[]'])(
    'a damaged file (%j) is written again',
    async (content) => {
      const { source, ask } = await setting();
      await ask();
      const file = (await readdir(source.prepared)).find((name) => name.includes('.parity.'))!;
      await writeFile(join(source.prepared, file), content);
      expect((await ask()).measured).toBe(true);
      expect((await ask()).measured).toBe(false);
    },
  );

  test('but not where nothing can be written', async () => {
    const { source, ask } = await setting();
    await writeFile(resolve(source.folder, 'file'), '');
    source.prepared = resolve(source.folder, 'file', 'prepared');
    expect((await ask()).measured).toBe(true);
    expect((await ask()).measured).toBe(true);
  });
});

async function copied(original: string): Promise<string> {
  const folder = await temporaryFolder();
  await cp(original, folder, { recursive: true });
  return folder;
}

async function configure(folder: string, change: object): Promise<void> {
  const file = join(folder, 'cfg.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...change }));
}

type Edit = (values: Float32Array, shape: readonly number[]) => Float32Array;

/** Writes other values into a float32 tensor of an SAE. */
async function change(folder: string, name: string, edit: Edit): Promise<void> {
  const file = join(folder, 'sae_weights.safetensors');
  const tensor = (await readSafetensorsHeader(file)).get(name)!;
  const values = edit(await readElements(tensor), tensor.shape);
  const handle = await open(file, 'r+');
  await handle.write(new Uint8Array(values.buffer), 0, tensor.length, tensor.offset);
  await handle.close();
}

/** The bytes of the transposed matrix, under the same shape. */
const transposed: Edit = (values, [rows, columns]) =>
  Float32Array.from(values, (_, i) => values[(i % rows!) * columns! + Math.floor(i / rows!)]!);
