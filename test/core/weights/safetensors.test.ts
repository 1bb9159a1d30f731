import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../../src/core/report/errors.js';
import { Checkpoint } from '../../../src/core/weights/files/checkpoint.js';
import {
  readElements,
  readSafetensorsHeader,
  readStrided,
} from '../../../src/core/weights/files/safetensors.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { fixture } from '../../support/tinyModel.js';

async function written(header: object, data: Uint8Array): Promise<string> {
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  const file = join(await temporaryFolder(), 'model.safetensors');
  await writeFile(file, Buffer.concat([prefix, json, data]));
  return file;
}

function tensor(dtype: string, shape: number[], begin: number, end: number) {
  return { dtype, shape, data_offsets: [begin, end] };
}

test('each floating-point dtype is read as float32', async () => {
  const data = Buffer.concat([
    Buffer.from(new Float32Array([1.5, -2]).buffer),
    Buffer.from(new Float64Array([0.25]).buffer),
    Buffer.from(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00).buffer), // float16 1, -2, 2^-24, infinity
    Buffer.from(Uint16Array.of(0x3f80, 0xc000).buffer), // bfloat16 1, -2
  ]);
  const header = {
    __metadata__: { format: 'pt' },
    single: tensor('F32', [2], 0, 8),
    double: tensor('F64', [1], 8, 16),
    half: tensor('F16', [4], 16, 24),
    brain: tensor('BF16', [2], 24, 28),
  };
  const tensors = await readSafetensorsHeader(await written(header, data));
  const read = async (name: string) => [...(await readElements(tensors.get(name)!))];
  expect(await read('single')).toEqual([1.5, -2]);
  expect(await read('double')).toEqual([0.25]);
  expect(await read('half')).toEqual([1, -2, 2 ** -24, Number.POSITIVE_INFINITY]);
  expect(await read('brain')).toEqual([1, -2]);
});

test('a row is a run of elements and a column every so many of them', async () => {
  const matrix = new Float32Array([1, 2, 3, 4, 5, 6]);
  const file = await written({ w: tensor('F32', [2, 3], 0, 24) }, new Uint8Array(matrix.buffer));
  const w = (await readSafetensorsHeader(file)).get('w')!;
  expect([...(await readElements(w, 3, 3))]).toEqual([4, 5, 6]);
  expect([...(await readStrided(w, 1, 3, 2))]).toEqual([2, 5]);
});

test.each([
  [{ w: tensor('F32', [3], 0, 8) }, 8, /"w" should have 12 bytes and has 8/],
  [{ w: tensor('F32', [2], 0, 8) }, 4, /it ends before "w" does/],
  [{ w: tensor('F8', [2], 0, 2) }, 2, /"w" has dtype F8; expected F64, F32/],
  [{ w: tensor('F32', [-1], 0, 8) }, 8, /its header is not a table of tensors/],
  [[1, 2], 0, /its header is not a table of tensors/],
])('the header %j over %i bytes is refused', async (header, bytes, message) => {
  const file = await written(header, Buffer.alloc(bytes));
  await expect(readSafetensorsHeader(file)).rejects.toThrow(message);
});

test('an index that names a file outside the folder is refused', async () => {
  const folder = await temporaryFolder();
  const index = { weight_map: { 'wte.weight': '../secret.safetensors' } };
  await writeFile(join(folder, 'model.safetensors.index.json'), JSON.stringify(index));
  await expect(Checkpoint.open(folder)).rejects.toThrow(/a shard outside the model's folder/);
});

test('a checkpoint with any bytes changed is read or refused, never a crash', async () => {
  const original = await readFile(fixture('tiny-gpt2/saes/blocks.0.hook_resid_post/sae_weights.safetensors'));
  const file = join(await temporaryFolder(), 'model.safetensors');
  const change = fc.tuple(fc.nat({ max: 700 }), fc.nat({ max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), fc.nat(), async (changes, cut) => {
      const bytes = Buffer.from(
        original.subarray(0, cut % 3 === 0 ? cut % original.length : original.length),
      );
      for (const [position, value] of changes) if (position < bytes.length) bytes[position] = value;
      await writeFile(file, bytes);
      try {
        for (const location of (await readSafetensorsHeader(file)).values()) await readElements(location);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 200 },
  );
});
