import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputError } from '../../../src/core/report/errors.js';
import { reconstruct } from '../../../src/core/runtime/opened/saeEncoder.js';
import { readNpz } from '../../../src/core/weights/files/npz.js';
import { readElements } from '../../../src/core/weights/files/safetensors.js';
import { Sae } from '../../../src/core/weights/sae/index.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { fixture } from '../../support/tinyModel.js';

const ARCHIVE = fixture('tiny-saes', 'gemma-scope', 'params.npz');

test('arrays are found where they lie in the archive, unpacked', async () => {
  const arrays = await readNpz(ARCHIVE);
  expect([...arrays.keys()].sort()).toEqual(['W_dec', 'W_enc', 'b_dec', 'b_enc', 'threshold']);
  const encoder = arrays.get('W_enc')!;
  expect(encoder).toMatchObject({ dtype: 'F32', shape: [24, 48], length: 4608, file: ARCHIVE });
  expect((await readElements(encoder, 47, 2)).every(Number.isFinite)).toBe(true);
});

test('a graph uses weights at odd offsets of an archive', async () => {
  // numpy aligns arrays within their .npy file, and zip puts those anywhere.
  const bytes = await readFile(ARCHIVE);
  const residual = Float32Array.from({ length: 24 * 5 }, (_, i) => Math.sin(i));
  const results: Float32Array[] = [];
  for (const shift of [0, 1, 2, 3]) {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'params.npz'), shifted(bytes, shift));
    const offset = (await readNpz(join(folder, 'params.npz'))).get('W_enc')!.offset;
    expect(offset).toBe((await readNpz(ARCHIVE)).get('W_enc')!.offset + shift);
    const sae = await Sae.open({ hook: 'blocks.1.hook_resid_post', folder });
    results.push((await reconstruct(sae, { threads: 1 }, residual, 5)).reconstruction);
  }
  for (const result of results) expect(result).toEqual(results[0]);
});

test.each<[string, (bytes: Buffer) => void, RegExp]>([
  [
    'compressed',
    (bytes) => bytes.writeUInt16LE(8, central(bytes) + 10),
    /is compressed or encrypted.*numpy.savez/,
  ],
  ['encrypted', (bytes) => bytes.writeUInt16LE(1, central(bytes) + 8), /is compressed or encrypted/],
  [
    'in Fortran order',
    (bytes) => overwrite(bytes, 'False', 'True '),
    /is in Fortran order.*convert it with numpy/,
  ],
  [
    'of integers',
    (bytes) => overwrite(bytes, '<f4', '<i4'),
    /has dtype <i4; expected row-major arrays of <f4/,
  ],
  ['big-endian', (bytes) => overwrite(bytes, '<f4', '>f4'), /has dtype >f4/],
  ['no array', (bytes) => overwrite(bytes, 'NUMPY', 'LUMPY'), /is not an array/],
  ['without a shape', (bytes) => overwrite(bytes, "'shape'", "'shame'"), /is not numpy's/],
  [
    'of another length',
    (bytes) => overwrite(bytes, '(48, 24)', '(48, 25)'),
    /should have 4800 bytes and has 4608/,
  ],
  ['misplaced', (bytes) => bytes.writeUInt32LE(7, central(bytes) + 42), /is not where it should be/],
])('an archive whose first array is %s is refused', async (_, damage, message) => {
  const bytes = await readFile(ARCHIVE);
  damage(bytes);
  const file = join(await temporaryFolder(), 'params.npz');
  await writeFile(file, bytes);
  await expect(readNpz(file)).rejects.toThrow(message);
});

test('an archive with zip64 records, as numpy writes beyond 4 GB, is read the same', async () => {
  const file = join(await temporaryFolder(), 'params.npz');
  await writeFile(file, asZip64(await readFile(ARCHIVE)));
  const ours = await readNpz(file);
  for (const [name, { shape, offset, length }] of await readNpz(ARCHIVE)) {
    expect(ours.get(name)).toMatchObject({ shape, offset, length });
  }
});

test('an archive with any bytes changed or cut off is read or refused, never a crash', async () => {
  const original = await readFile(ARCHIVE);
  const file = join(await temporaryFolder(), 'params.npz');
  const start = central(original);
  // Where the structure is: local headers, and the directory at the end.
  const place = fc.oneof(fc.nat({ max: 200 }), fc.integer({ min: start, max: original.length - 1 }));
  const change = fc.tuple(place, fc.nat({ max: 255 }));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), fc.nat(), async (changes, cut) => {
      const bytes = Buffer.from(
        original.subarray(0, cut % 4 === 0 ? cut % original.length : original.length),
      );
      for (const [position, value] of changes) if (position < bytes.length) bytes[position] = value;
      await writeFile(file, bytes);
      try {
        for (const location of (await readNpz(file)).values()) await readElements(location);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 300 },
  );
});

/** Where the central directory begins. */
function central(bytes: Buffer): number {
  return bytes.indexOf('PK\x01\x02', 0, 'latin1');
}

function overwrite(bytes: Buffer, from: string, to: string): void {
  bytes.write(to, bytes.indexOf(from, 0, 'latin1'), 'latin1');
}

/** The archive with `shift` bytes before it, and its offsets mended. */
function shifted(bytes: Buffer, shift: number): Buffer {
  const copy = Buffer.from(bytes);
  let entry = central(copy);
  const end = copy.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  while (entry >= 0 && entry < end) {
    copy.writeUInt32LE(copy.readUInt32LE(entry + 42) + shift, entry + 42);
    entry = copy.indexOf('PK\x01\x02', entry + 4, 'latin1');
  }
  copy.writeUInt32LE(copy.readUInt32LE(end + 16) + shift, end + 16);
  return Buffer.concat([Buffer.alloc(shift), copy]);
}

/** The same archive, every size and offset of its directory in zip64's extra fields and end record. */
function asZip64(bytes: Buffer): Buffer {
  const start = central(bytes);
  const end = bytes.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  const entries: Buffer[] = [];
  for (let at = start; at < end; ) {
    const header = Buffer.from(bytes.subarray(at, at + 46));
    const nameLength = header.readUInt16LE(28);
    const extraLength = header.readUInt16LE(30);
    const extra = Buffer.alloc(28);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    for (const [i, position] of [24, 20, 42].entries()) {
      extra.writeBigUInt64LE(BigInt(header.readUInt32LE(position)), 4 + 8 * i);
      header.writeUInt32LE(0xffffffff, position);
    }
    header.writeUInt16LE(28, 30);
    entries.push(header, bytes.subarray(at + 46, at + 46 + nameLength), extra);
    at += 46 + nameLength + extraLength + header.readUInt16LE(32);
  }
  const directory = Buffer.concat(entries);
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06', 'latin1');
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(bytes.readUInt16LE(end + 10)), 24);
  record.writeBigUInt64LE(BigInt(bytes.readUInt16LE(end + 10)), 32);
  record.writeBigUInt64LE(BigInt(directory.length), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07', 'latin1');
  locator.writeBigUInt64LE(BigInt(start + directory.length), 8);
  locator.writeUInt32LE(1, 16);
  const last = Buffer.from(bytes.subarray(end));
  last.writeUInt16LE(0xffff, 10);
  last.writeUInt32LE(0xffffffff, 12);
  last.writeUInt32LE(0xffffffff, 16);
  return Buffer.concat([bytes.subarray(0, start), directory, record, locator, last]);
}
