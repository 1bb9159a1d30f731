import { readFileSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../src/core/report/errors.js';
import { readBytes, readElements } from '../../../../src/core/weights/files/safetensors.js';
import { readTorch, type TorchTensor } from '../../../../src/core/weights/files/torch/index.js';
import { temporaryFolder } from '../../../support/temporaryFolder.js';
import { fixture } from '../../../support/tinyModel.js';

/** Files of PyTorch, made by test/reference/make_torch.py. */
interface Tensor {
  dtype: string;
  shape: number[];
  values: number[];
}
const EXPECTED: Record<string, Record<string, Tensor>> = JSON.parse(
  readFileSync(fixture('torch', 'expected.json'), 'utf8'),
);

const INTEGERS: Record<string, (bytes: Buffer) => number[]> = {
  I64: (bytes) => Array.from({ length: bytes.length / 8 }, (_, i) => Number(bytes.readBigInt64LE(8 * i))),
  I32: (bytes) => Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readInt32LE(4 * i)),
  I16: (bytes) => Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i)),
  I8: (bytes) => Array.from(bytes, (_, i) => bytes.readInt8(i)),
  U8: (bytes) => [...bytes],
  BOOL: (bytes) => [...bytes],
};

/** The values of a tensor in row-major order. */
async function valuesOf(tensor: TorchTensor): Promise<number[]> {
  const integers = INTEGERS[tensor.dtype];
  const values = integers ? integers(await readBytes(tensor)) : [...(await readElements(tensor))];
  if (!tensor.transposed) return values;
  const [rows, columns] = tensor.shape as [number, number];
  return Array.from(
    { length: values.length },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!,
  );
}

test.each(Object.keys(EXPECTED))('%s: every tensor is what PyTorch saved', async (file) => {
  const tensors = await readTorch(fixture('torch', file));
  const expected = EXPECTED[file]!;
  expect([...tensors.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [name, { dtype, shape, values }] of Object.entries(expected)) {
    const tensor = tensors.get(name)!;
    expect(tensor.dtype, name).toBe(dtype);
    expect(tensor.transposed ? tensor.shape.toReversed() : tensor.shape, name).toEqual(shape);
    expect(await valuesOf(tensor), name).toEqual(dtype === 'F64' ? values.map(Math.fround) : values);
  }
});

test.each([
  ['program', /opening it would use "(posix|nt)\.system"\. Only plain data and tensors are taken/],
  ['module', /opening it would use "torch\.nn\.modules\.container\.Sequential"/],
  ['numpy', /opening it would use "numpy\._core\.multiarray\.scalar"/],
  ['float8', /opening it would use "torch\._utils\._rebuild_tensor_v3"/],
  ['protocol-4', /its pickle is of protocol 4/],
  ['gaps', /"a" is a view with gaps \(shape \[6,2\], strides \[4,1\]\): save it with \.contiguous\(\)/],
  ['legacy', /in the format of PyTorch before 1\.6: load it with torch and save it again/],
  ['bare', /is damaged \(it has no end record\): fetch it again/],
])('%s.pt is refused in one line', async (name, message) => {
  const error = await failure(fixture('torch', 'refused', `${name}.pt`));
  expect(error.message).toMatch(message);
  expect(error.message.split('\n')).toHaveLength(1);
});

test('every file that must not be read is in the list above', async () => {
  expect(await readdir(fixture('torch', 'refused'))).toHaveLength(8);
});

async function failure(file: string): Promise<InputError> {
  const error = await readTorch(file).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return error as InputError;
}

describe('a damaged file', () => {
  const good = readFileSync(fixture('torch', 'state.pt'));
  /** The file with bytes at the first place of `text` overwritten, or with `skip` bytes between. */
  async function damaged(text: string | Buffer, bytes: number[], skip = 0): Promise<string> {
    const copy = Buffer.from(good);
    const at = copy.indexOf(text);
    expect(at).toBeGreaterThan(0);
    copy.set(bytes, at + Buffer.byteLength(text) + skip);
    return write(copy);
  }
  async function write(bytes: Buffer): Promise<string> {
    const file = join(await temporaryFolder(), 'ae.pt');
    await writeFile(file, bytes);
    return file;
  }
  // BINUNICODE of the device, BINPUT 3, then BININT1 of how many numbers the storage has.
  const DEVICE = 'cpuq\x07';

  test.each<[string, () => Promise<string>, RegExp]>([
    ['cut in half', () => write(good.subarray(0, good.length / 2)), /damaged/],
    ['empty', () => write(Buffer.alloc(0)), /damaged/],
    [
      'with a storage of another size',
      () => damaged(DEVICE, [0x4b, 200]),
      /should have 800 bytes and have 60/,
    ],
    [
      'naming another storage',
      () => damaged('FloatStorage', [0x0a], -1),
      /would use|opcode|unknown|cut off|missing/,
    ],
  ])('%s is refused', async (_, make, message) => {
    expect((await failure(await make())).message).toMatch(message);
  });

  test('whatever byte is wrong, it is read or refused, in little memory', { timeout: 60_000 }, async () => {
    let state = 12345;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const folder = await temporaryFolder();
    const sources = await Promise.all(
      ['good.pt', 'state.pt', 'buffer.pt'].map((name) => readFile(fixture('torch', name))),
    );
    // The pickles and the directories, where everything is decided, more often than the numbers.
    const counts = { read: 0, refused: 0 };
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 1500; round++) {
      const bytes = Buffer.from(sources[round % sources.length]!);
      const start = round % 2 === 0 ? Math.max(0, bytes.indexOf('data.pkl')) : bytes.indexOf('PK\x01\x02');
      const span = round % 2 === 0 ? 1200 : bytes.length - start;
      for (let i = 0; i <= random(3); i++)
        bytes[Math.min(bytes.length - 1, start + random(span))] = random(256);
      const file = join(folder, 'fuzzed.pt');
      await writeFile(file, round % 7 === 0 ? bytes.subarray(0, random(bytes.length)) : bytes);
      try {
        for (const { offset, length, shape } of (await readTorch(file)).values()) {
          expect(offset + length).toBeLessThanOrEqual(bytes.length);
          expect(shape.every((size) => Number.isSafeInteger(size))).toBe(true);
        }
        counts.read++;
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        counts.refused++;
      }
    }
    expect(counts.read).toBeGreaterThan(50);
    expect(counts.refused).toBeGreaterThan(500);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100e6);
  });
});

describe('a hostile pickle', () => {
  const NAME = 'archive/data.pkl';

  test('that holds itself many times ends', async () => {
    // A dictionary of 400 keys, each of which is the dictionary: 400^3 entries.
    const parts = [Buffer.from([0x80, 2, 0x7d, 0x71, 0])];
    for (let i = 0; i < 400; i++) {
      const key = Buffer.from(`key${i}`);
      parts.push(Buffer.from([0x58, key.length, 0, 0, 0]), key, Buffer.from([0x68, 0, 0x73]));
    }
    parts.push(Buffer.from([0x2e]));
    expect((await failure(await archive(Buffer.concat(parts)))).message).toMatch(/more than 100000 entries/);
  });

  test.each<[string, number[], RegExp]>([
    [
      'calls a storage',
      [0x80, 2, ...ascii('ctorch\nFloatStorage\n'), 0x29, 0x52, 0x2e],
      /calls what is no function/,
    ],
    ['makes an object', [0x80, 2, ...ascii('(ios\nsystem\n'), 0x2e], /opcode 0x69/],
    ['names a builtin', [0x80, 2, ...ascii('c__builtin__\neval\n'), 0x2e], /would use "__builtin__\.eval"/],
    ['uses a name from the stack', [0x80, 2, 0x8c, 1, 0x61, 0x8c, 1, 0x62, 0x93, 0x2e], /opcode 0x8c/],
    ['promises a long text', [0x80, 2, 0x58, 255, 255, 255, 255, 0x2e], /cut off/],
    ['ends early', [0x80, 2, 0x7d], /cut off/],
    ['takes from an empty stack', [0x80, 2, 0x52, 0x2e], /takes what is not there/],
    ['has an integer of many bytes', [0x80, 2, 0x8a, 255, 0x2e], /an integer of 255 bytes/],
  ])('that %s is refused', async (_, pickle, message) => {
    expect((await failure(await archive(Buffer.from(pickle)))).message).toMatch(message);
  });

  function ascii(text: string): number[] {
    return [...Buffer.from(text, 'latin1')];
  }

  /** A zip with one stored file. */
  async function archive(content: Buffer): Promise<string> {
    const name = Buffer.from(NAME);
    const local = Buffer.alloc(30);
    local.write('PK\x03\x04', 'latin1');
    local.writeUInt16LE(name.length, 26);
    const central = Buffer.alloc(46);
    central.write('PK\x01\x02', 'latin1');
    central.writeUInt32LE(content.length, 20);
    central.writeUInt32LE(content.length, 24);
    central.writeUInt16LE(name.length, 28);
    const end = Buffer.alloc(22);
    end.write('PK\x05\x06', 'latin1');
    end.writeUInt16LE(1, 10);
    end.writeUInt32LE(central.length + name.length, 12);
    end.writeUInt32LE(local.length + name.length + content.length, 16);
    const file = join(await temporaryFolder(), 'ae.pt');
    await writeFile(file, Buffer.concat([local, name, content, central, name, end]));
    return file;
  }
});
