import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sequenceRows } from '../../../src/core/features/ghost/sequence.js';
import { loadModel } from '../../../src/core/runtime/opened/index.js';
import { Checkpoint } from '../../../src/core/weights/files/checkpoint.js';
import { EmbeddingRows } from '../../../src/core/weights/files/embeddingRows.js';
import { prepareModel } from '../../../src/core/weights/prepare.js';
import { Sae } from '../../../src/core/weights/sae/index.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { fixture, modelSource } from '../../support/tinyModel.js';

const WIDTH = 32;

/** tiny-gpt2 with one number of one tensor replaced. */
async function damaged(name: string, index: number, value: number) {
  const folder = await temporaryFolder();
  await cp(fixture('tiny-gpt2'), folder, { recursive: true });
  const file = join(folder, 'model.safetensors');
  const checkpoint = await Checkpoint.open(folder);
  const tensor = checkpoint.tensor(name, checkpoint.shape(name)!);
  const bytes = await readFile(file);
  bytes.writeFloatLE(value, tensor.offset + 4 * index);
  await writeFile(file, bytes);
  return modelSource('tiny-gpt2', folder, [0, 1]);
}

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s in the table is named by its row', async (value) => {
  const model = await loadModel(await damaged('wte.weight', 10 * WIDTH + 3, value), { threads: 1 });
  try {
    for (const centered of [false, true])
      await expect(model.embeddings(centered)).rejects.toThrow(
        /row 10 of the table of embeddings has a number that is not finite/,
      );
  } finally {
    await model.close();
  }
});

test.each([
  ['wte.weight', 12 * WIDTH, 12],
  ['h.1.mlp.c_fc.bias', 5, 0],
  ['h.0.attn.c_proj.weight', 4 * WIDTH + 7, 7], // stored [inputs, outputs]: rows are outputs
] as const)('a number of %s that is not finite is named when it is quantised', async (name, index, row) => {
  const source = { ...(await damaged(name, index, Number.NEGATIVE_INFINITY)), dtype: 'q8' as const };
  await expect(prepareModel(source)).rejects.toThrow(
    `Row ${row} of "${name}" has a number that is not finite (-Infinity)`,
  );
});

test.each([
  ['h.0.attn.c_attn.weight', 3 * 96 + 5, 3],
  ['h.2.mlp.c_proj.bias', 4, 0],
  ['wpe.weight', 2 * WIDTH + 1, 2],
] as const)(
  'a number of %s that is not finite is named when the model computes with it',
  async (name, index, row) => {
    const model = await loadModel(await damaged(name, index, Number.NaN), { threads: 1 });
    const message = `Row ${row} of "${name}" has a number that is not finite (NaN)`;
    const rows = sequenceRows([1, 2, 3, 4]);
    try {
      const batch = { rows, ghosts: [], shared: [], selected: [3], top: 1 };
      await expect(model.language.forward(batch, model.language.createStore())).rejects.toThrow(message);
      await expect(model.language.residual(batch, 'blocks.2.hook_resid_post')).rejects.toThrow(message);
    } finally {
      await model.close();
    }
  },
);

test('a row that the table has not is refused, not read from the next tensor', async () => {
  const checkpoint = await Checkpoint.open(fixture('tiny-gpt2'));
  const rows = new EmbeddingRows(checkpoint.tensor('wte.weight', [353, WIDTH]));
  expect(rows.read(352)).toHaveLength(WIDTH);
  for (const token of [353, 1e9, -1, Number.NaN])
    expect(() => rows.read(token)).toThrow(/is beyond the model's 353 embeddings/);
  rows.close();
});

test.each([
  ['W_enc', 'encoder', /Column 7 of W_enc .* is not finite/],
  ['W_dec', 'decoder', /Row 7 of W_dec .* is not finite/],
] as const)(
  'a number of %s that is not finite is named by its feature; others can be asked for',
  async (name, weights, message) => {
    const folder = await temporaryFolder();
    const hook = 'blocks.0.hook_resid_post';
    await cp(fixture('tiny-gpt2', 'saes', hook), folder, { recursive: true });
    const file = join(folder, 'sae_weights.safetensors');
    const checkpoint = await Checkpoint.openFile(file);
    const { offset, shape } = checkpoint.tensor(name, checkpoint.shape(name)!);
    const bytes = await readFile(file);
    const index = name === 'W_dec' ? 7 * shape[1]! + 2 : 2 * shape[1]! + 7;
    bytes.writeFloatLE(Number.NaN, offset + 4 * index);
    await writeFile(file, bytes);
    const sae = await Sae.open({ hook, folder });
    await expect(sae.vector(7, weights)).rejects.toThrow(message);
    expect(await sae.vector(8, weights)).toHaveLength(WIDTH);
    await expect(sae.vectors(4, 8, weights)).rejects.toThrow(message);
    expect(await sae.vectors(8, 4, weights)).toHaveLength(4 * WIDTH);
  },
);
