import { readFileSync } from 'node:fs';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reconstruct, SaeEncoder } from '../../../src/core/runtime/opened/saeEncoder.js';
import { Sae } from '../../../src/core/weights/sae/index.js';
import { largestDifference } from '../../support/numbers.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { fixture } from '../../support/tinyModel.js';

/**
 * SAEs of every format, architecture and normalisation against PyTorch; the fixture and what its fields mean:
 * test/reference/make_saes.py.
 */
interface Outputs<Rows> {
  activations: Rows;
  reconstruction: Rows;
}
interface Fixture {
  input: number[][];
  cases: ({
    name: string;
    hook: string;
    centered: boolean;
    vectors: { feature: number; encoder: number[]; decoder: number[] };
    wrong: ({ detail: string } & Outputs<number[][]>)[];
  } & Outputs<number[][]>)[];
}

const { input, cases }: Fixture = JSON.parse(readFileSync(fixture('tiny-saes.json'), 'utf8'));
const residual = Float32Array.from(input.flat());
const HOOK = 'blocks.1.hook_resid_post';

describe.each(cases)('$name', ({ name, hook, vectors, activations, reconstruction, wrong }) => {
  let sae: Sae;
  let encoder: SaeEncoder;
  beforeAll(async () => {
    sae = await Sae.open({ hook, folder: fixture('tiny-saes', name) });
    encoder = await SaeEncoder.open(sae, { threads: 1 });
  });
  afterAll(() => encoder.close());

  test('activations and reconstruction are those of PyTorch within 1e-4', async () => {
    const encoded = await encoder.encode(residual, input.length);
    expect(largestDifference(encoded, activations.flat())).toBeLessThan(1e-4);
    const ours = await reconstruct(sae, { threads: 1 }, residual, input.length);
    expect(largestDifference(ours.reconstruction, reconstruction.flat())).toBeLessThan(1e-4);
    expect(ours.active).toBe(encoded.filter((activation) => activation !== 0).length);
  });

  test('the vectors of a feature are a column of W_enc and a row of W_dec', async () => {
    expect([...(await sae.vector(vectors.feature, 'encoder'))]).toEqual(vectors.encoder.map(Math.fround));
    expect([...(await sae.vector(vectors.feature, 'decoder'))]).toEqual(vectors.decoder.map(Math.fround));
    expect(largestDifference(vectors.encoder, vectors.decoder)).toBeGreaterThan(1e-2);
  });

  test.each(wrong)('would be noticed: $detail', async (variant) => {
    const first = residual.subarray(0, input[0]!.length);
    const ours = await reconstruct(sae, { threads: 1 }, first, 1);
    const differences = [
      largestDifference(await encoder.encode(first, 1), variant.activations.flat()),
      largestDifference(ours.reconstruction, variant.reconstruction.flat()),
    ];
    expect(Math.max(...differences)).toBeGreaterThan(1e-2);
  });
});

test('the catalogue may say that an SAE is centred where its cfg.json does not, and the other way round', async () => {
  for (const { name, hook, centered, wrong } of cases.filter(({ name }) => /oldest|centered/.test(name))) {
    const folder = fixture('tiny-saes', name);
    const sae = await Sae.open({ hook, folder, centered: !centered });
    const expected = wrong.find(({ detail }) => detail === 'mean-centring')!;
    const ours = await reconstruct(sae, { threads: 1 }, residual.subarray(0, input[0]!.length), 1);
    expect(largestDifference(ours.reconstruction, expected.reconstruction.flat())).toBeLessThan(1e-4);
  }
});

test('the catalogue may give the norm scaling factor that SAELens keeps in its list of releases', async () => {
  const { reconstruction } = cases.find(({ name }) => name === 'expected-average-factor')!;
  const folder = await changed('expected-average-factor', { norm_scaling_factor: null });
  const difference = async (normScalingFactor?: number) => {
    const sae = await Sae.open({ hook: HOOK, folder, normScalingFactor });
    const ours = await reconstruct(sae, { threads: 1 }, residual, input.length);
    return largestDifference(ours.reconstruction, reconstruction.flat());
  };
  expect(await difference(0.4)).toBeLessThan(1e-4);
  expect(await difference()).toBeGreaterThan(1e-2);
});

test('a norm scaling factor does nothing to an SAE whose cfg.json asks for none', async () => {
  const { name, reconstruction } = cases.find((one) => one.name === 'standard-nested')!;
  const sae = await Sae.open({ hook: HOOK, folder: fixture('tiny-saes', name), normScalingFactor: 0.4 });
  const ours = await reconstruct(sae, { threads: 1 }, residual, input.length);
  expect(largestDifference(ours.reconstruction, reconstruction.flat())).toBeLessThan(1e-4);
});

describe('an archive of Gemma Scope', () => {
  const { activations } = cases.find(({ name }) => name === 'gemma-scope')!;
  const archive = fixture('tiny-saes', 'gemma-scope', 'params.npz');

  async function expectRead(folder: string) {
    const encoder = await SaeEncoder.open(await Sae.open({ hook: HOOK, folder }), { threads: 1 });
    const ours = await encoder.encode(residual, input.length);
    expect(largestDifference(ours, activations.flat())).toBeLessThan(1e-4);
    await encoder.close();
  }

  test("may be a link into another folder, as in the Hub's cache", async () => {
    const folder = await temporaryFolder();
    const blob = join(await temporaryFolder(), '0a1b2c');
    await cp(archive, blob);
    await symlink(blob, join(folder, 'params.npz'));
    await expectRead(folder);
  });

  test('may write its names in small letters', async () => {
    const folder = await temporaryFolder();
    const text = (await readFile(archive)).toString('latin1').replaceAll(/W_(?=(enc|dec)\.npy)/g, 'w_');
    await writeFile(join(folder, 'params.npz'), text, 'latin1');
    await expectRead(folder);
  });

  test('without an encoder is refused', async () => {
    const folder = await temporaryFolder();
    const text = (await readFile(archive)).toString('latin1').replaceAll('W_enc.npy', 'X_enc.npy');
    await writeFile(join(folder, 'params.npz'), text, 'latin1');
    await expect(Sae.open({ hook: HOOK, folder })).rejects.toThrow(
      /has no matrix W_enc: fetch the SAE again/,
    );
  });
});

describe('a cfg.json that cannot be used is refused with the remedy', () => {
  test.each([
    [{ architecture: 'temporal' }, /has the architecture "temporal"; known: standard, gated, topk, jumprelu/],
    [{ activation_fn: 'tanh-relu' }, /has the activation "tanh-relu"; known: relu, topk/],
    [{ normalize_activations: 'batch_norm' }, /normalize_activations "batch_norm"; known: none, expected/],
    [{ architecture: 'topk' }, /k is missing; a topk SAE of 48 features needs one of 1 to 48/],
    [{ activation_fn_str: 'topk', activation_fn_kwargs: {} }, /k is missing; a topk SAE/],
    [{ architecture: 'topk', k: 49 }, /k is 49; a topk SAE/],
    [{ architecture: 'gated' }, /lacks the tensor "b_gate".*is it complete, and of this architecture/],
    [{ architecture: 'jumprelu' }, /lacks the tensor "threshold"/],
    [{ d_in: 48, d_sae: 24 }, /"W_enc" in .* has shape \[24,48\]; expected \[48,24\]/],
    [{ d_in: 0 }, /cfg.json: d_in: /],
    [
      { metadata: { hook_name: 'blocks.2.hook_resid_post' } },
      /was trained on blocks.2.hook_resid_post, not on/,
    ],
    [{ metadata: { hook_name: 'blocks.1.hook_mlp_out' } }, /was trained on blocks.1.hook_mlp_out, not on/],
  ])('%j', async (change, message) => {
    const folder = await changed('standard-nested', change);
    await expect(Sae.open({ hook: HOOK, folder })).rejects.toThrow(message);
  });

  test('a hook point off the residual stream', async () => {
    const source = { hook: 'blocks.1.attn.hook_z', folder: fixture('tiny-saes', 'gemma-scope') };
    await expect(Sae.open(source)).rejects.toThrow(
      /blocks.1.attn.hook_z is not a hook point of the residual/,
    );
  });

  test('a scaling factor that cfg.json denies', async () => {
    const folder = await changed('standard-finetuned', { finetuning_scaling_factor: false });
    await expect(Sae.open({ hook: HOOK, folder })).rejects.toThrow(
      /has the tensor scaling_factor, but its cfg/,
    );
  });
});

/** A copy of a fixture with another cfg.json. */
async function changed(name: string, change: object): Promise<string> {
  const folder = await temporaryFolder();
  await cp(fixture('tiny-saes', name), folder, { recursive: true });
  const file = join(folder, 'cfg.json');
  await writeFile(file, JSON.stringify({ ...JSON.parse(await readFile(file, 'utf8')), ...change }));
  return folder;
}
