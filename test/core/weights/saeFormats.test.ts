import { readFileSync } from 'node:fs';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../src/core/report/errors.js';
import { reconstruct, SaeEncoder } from '../../../src/core/runtime/opened/saeEncoder.js';
import { prepareSae } from '../../../src/core/weights/sae/featureMajor.js';
import { Sae } from '../../../src/core/weights/sae/index.js';
import { largestDifference } from '../../support/numbers.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { fixture } from '../../support/tinyModel.js';

/** SAEs in other formats than SAELens', against the libraries they come from: test/reference/make_sae_formats.py. */
interface Case {
  name: string;
  hook: string;
  by: string;
  activations: number[][];
  reconstruction: number[][];
  feature: number;
  encoder: number[];
  decoder: number[];
}
const { input, cases }: { input: number[][]; cases: Case[] } = JSON.parse(
  readFileSync(fixture('sae-formats.json'), 'utf8'),
);
const residual = Float32Array.from(input.flat());
const folderOf = (name: string) => fixture('sae-formats', name);
const largest = (rows: number[][]) => Math.max(...rows.flat().map(Math.abs));

describe.each(cases)('$name', (one) => {
  const { name, hook, activations, reconstruction, feature } = one;
  const source = { hook, folder: folderOf(name) };

  test(`activations and reconstruction are those of ${one.by} within 1e-4 of the largest`, async () => {
    const sae = await Sae.open(source);
    const encoder = await SaeEncoder.open(sae, { threads: 1 });
    const ours = await encoder.encode(residual, input.length);
    expect(largestDifference(ours, activations.flat())).toBeLessThan(1e-4 * largest(activations));
    // The same features are active.
    expect([...ours].map((value) => value > 0)).toEqual(activations.flat().map((value) => value > 0));
    const back = await reconstruct(sae, { threads: 1 }, residual, input.length);
    expect(largestDifference(back.reconstruction, reconstruction.flat())).toBeLessThan(
      1e-4 * largest(reconstruction),
    );
    await encoder.close();
  });

  test('vectors are the same from the file and from copies', async () => {
    const prepared = await temporaryFolder();
    const fromFile = await Sae.open(source, prepared);
    await prepareSae(source, prepared);
    const fromCopies = await Sae.open(source, prepared);
    for (const sae of [fromFile, fromCopies]) {
      for (const weights of ['encoder', 'decoder'] as const) {
        expect(await sae.vector(feature, weights)).toEqual(Float32Array.from(one[weights]));
        const some = await sae.vectors(feature - 2, 4, weights);
        expect(some.subarray(2 * sae.inputSize, 3 * sae.inputSize)).toEqual(Float32Array.from(one[weights]));
      }
    }
  });

  test('one feature follows from the stream without the others, or is refused where it does not', async () => {
    const sae = await Sae.open(source);
    if (/TopK$|sparsify|qwen/.test(name)) {
      await expect(sae.activation(feature)).rejects.toThrow(/topk/);
      return;
    }
    const { encoder, bias, threshold, gain, offset } = await sae.activation(feature);
    for (const [row, values] of input.entries()) {
      const pre = values.reduce((sum, value, i) => sum + value * encoder[i]!, bias);
      const value = pre > threshold ? Math.max(0, gain * pre + offset) : 0;
      expect(Math.abs(value - activations[row]![feature]!)).toBeLessThan(1e-4 * largest(activations));
    }
  });
});

test('only what has no rows of features is copied', async () => {
  const prepared = await temporaryFolder();
  const copies = async (name: string) => {
    await rm(prepared, { recursive: true, force: true });
    await prepareSae({ hook: 'blocks.1.hook_resid_post', folder: folderOf(name) }, prepared);
    return (await readdir(prepared).catch(() => [])).map((file) => file.split('.').at(-3)).sort();
  };
  expect(await copies('sparsify')).toEqual([]);
  expect(await copies('AutoEncoder')).toEqual(['decoder']);
  expect(await copies('MatryoshkaBatchTopKSAE')).toEqual(['encoder']);
  expect(await copies('qwen-scope')).toEqual(['decoder']);
});

/** A copy of a folder with a JSON file's keys changed; a key that is undefined is left out. */
async function changed(
  name: string,
  file: string,
  change: (json: Record<string, Record<string, unknown>>) => unknown,
) {
  const folder = await temporaryFolder();
  await cp(folderOf(name), folder, { recursive: true });
  const json = JSON.parse(await readFile(join(folder, file), 'utf8'));
  await writeFile(join(folder, file), JSON.stringify(Object.assign(json, change(json))));
  return folder;
}
const GEMMA_SCOPE_2 = 'gemma-scope-2/resid_post/layer_1_width_16k_l0_small';
const LLAMA_SCOPE = 'Llama3_1-8B-Base-L1R-8x';
const trainer = (keys: object) => (json: Record<string, Record<string, unknown>>) => ({
  trainer: { ...json.trainer, ...keys },
});

test.each<[string, () => Promise<string>, RegExp]>([
  [
    'of another class',
    () => changed('AutoEncoder', 'config.json', trainer({ dict_class: 'CrossCoder' })),
    /of the class "CrossCoder"; known: AutoEncoder, /,
  ],
  [
    'of a class whose tensors it has not',
    () => changed('AutoEncoder', 'config.json', trainer({ dict_class: 'GatedAutoEncoder' })),
    /lacks the tensor "b_dec"/,
  ],
  [
    'of another layer',
    () => changed('AutoEncoder', 'config.json', trainer({ layer: 2 })),
    /was trained on blocks\.2\.hook_resid_post, not on blocks\.1/,
  ],
  [
    'without a k',
    () => changed('AutoEncoderTopK', 'config.json', trainer({ k: undefined })),
    /k is missing; a topk SAE of 40 features needs one of 1 to 40/,
  ],
  [
    'with a k beyond its features',
    () => changed('sparsify', 'cfg.json', () => ({ k: 41 })),
    /k is 41; a topk SAE of 40 features/,
  ],
  ['that is a transcoder', () => changed('sparsify', 'cfg.json', () => ({ transcode: true })), /transcoder/],
  [
    'of groups',
    () => changed('sparsify', 'cfg.json', () => ({ activation: 'groupmax' })),
    /cfg\.json: activation/,
  ],
  [
    'that reads attention',
    () =>
      changed(GEMMA_SCOPE_2, 'config.json', () => ({
        hf_hook_point_in: 'model.layers.1.self_attn.o_proj.input',
      })),
    /reads model\.layers\.1\.self_attn\.o_proj\.input; SAEs of the residual stream/,
  ],
  [
    'with another normalisation',
    () => changed(LLAMA_SCOPE, 'hyperparams.json', () => ({ norm_activation: 'token-wise' })),
    /hyperparams\.json: norm_activation/,
  ],
  [
    'that reads one place and writes another',
    () => changed(LLAMA_SCOPE, 'hyperparams.json', () => ({ hook_point_out: 'blocks.1.hook_mlp_out' })),
    /writes blocks\.1\.hook_mlp_out: transcoders/,
  ],
  [
    'without the mean norm of its place',
    () => changed('Llama-Scope-R1/L1R', 'config.json', () => ({ hook_point_in: 'blocks.2.hook_resid_post' })),
    /lacks the mean norm of blocks\.2/,
  ],
  [
    'with one file that is none',
    async () => {
      const folder = await temporaryFolder();
      await cp(fixture('torch', 'state.pt'), join(folder, 'some.pt'));
      return folder;
    },
    /some\.pt holds no SAE of a kind that needs no config/,
  ],
  ['without anything', temporaryFolder, /cfg\.json is missing/],
])('an SAE %s is refused in one line', async (_, make, message) => {
  const folder = await make();
  const error = await Sae.open({ hook: 'blocks.1.hook_resid_post', folder }).catch((thrown: Error) => thrown);
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message.split('\n')).toHaveLength(1);
});

test('Qwen Scope: the hook says which file of the folder is meant', async () => {
  const vectorAt = async (hook: string) =>
    (await Sae.open({ hook, folder: folderOf('qwen-scope') })).vector(3, 'encoder');
  expect(await vectorAt('blocks.0.hook_resid_post')).not.toEqual(await vectorAt('blocks.1.hook_resid_post'));
  await expect(vectorAt('blocks.2.hook_resid_post')).rejects.toThrow(/is missing/);
});
