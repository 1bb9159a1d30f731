import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../../../src/core/report/errors.js';
import { loadModel } from '../../../../src/core/runtime/opened/index.js';
import { readGgufHeader } from '../../../../src/core/weights/files/gguf/header.js';
import { ggufFilesIn } from '../../../../src/core/weights/files/gguf/parts.js';
import { sentencePiece } from '../../../../src/core/weights/files/gguf/sentencePiece.js';
import { readElements, type TensorLocation } from '../../../../src/core/weights/files/safetensors.js';
import type { WeightType } from '../../../../src/core/weights/files/source.js';
import { memoryNeeded } from '../../../../src/core/weights/memory.js';
import { openModelFolder } from '../../../../src/core/weights/modelFolder.js';
import { prepareModel } from '../../../../src/core/weights/prepare.js';
import { differencesFrom } from '../../../support/referencePass.js';
import { temporaryFolder } from '../../../support/temporaryFolder.js';
import { fixture, modelSource } from '../../../support/tinyModel.js';

/** GGUF files against PyPI's gguf and transformers: test/reference/make_gguf.py. */
const folderOf = (name: string) => fixture('gguf', name);
const sourceOf = (name: string, dtype: WeightType = 'float32') => ({
  ...modelSource(name, folderOf(name), []),
  dtype,
});
const bytesOf = async (name: string) => {
  const files = await ggufFilesIn(folderOf(name));
  return Buffer.concat(await Promise.all(files.map((file) => readFile(file))));
};
/** The parts of the model that is in parts. */
const PARTS = (await ggufFilesIn(folderOf('gemma3'))).map((file) => basename(file));

const LAYERS: Record<string, number> = { gemma: 1, gemma3: 7 };
const expectedOf = (name: string) => join(folderOf(name), 'expected.safetensors');

describe('packed types', async () => {
  const sums: Record<string, string> = JSON.parse(await readFile(fixture('gguf', 'types.json'), 'utf8'));
  const { tensors } = await readGgufHeader(fixture('gguf', 'types.gguf'));

  test.each(Object.keys(sums))('%s is unpacked bit for bit as the gguf package does', async (type) => {
    const tensor = tensors.get(type) as TensorLocation;
    expect(tensor.dtype).toBe(type);
    const all = await readElements(tensor);
    const bytes = Buffer.from(all.buffer, all.byteOffset, all.byteLength);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(sums[type]);
    // Any run of elements, whatever blocks it begins and ends in.
    for (const [first, count] of [
      [0, 1],
      [31, 2],
      [33, 100],
      [all.length - 1, 1],
    ] as const)
      expect(await readElements(tensor, first, count)).toEqual(all.slice(first, first + count));
  });
});

describe.each(['llama', 'llama-scaled', 'qwen2', 'gemma', 'gemma2', 'gemma3'])('%s.gguf', (name) => {
  test.each(['float32', 'stored'] as const)(
    'logits and every residual stream are those of transformers (%s)',
    async (dtype) => {
      const model = await loadModel(sourceOf(name, dtype), { threads: 1 });
      try {
        const found = await differencesFrom(expectedOf(name), model.language, LAYERS[name] ?? 2);
        expect(Object.keys(found)).toHaveLength(2 * (LAYERS[name] ?? 2) + 1);
        for (const [output, difference] of Object.entries(found))
          expect(difference, output).toBeLessThan(1e-4);
      } finally {
        await model.close();
      }
    },
  );

  test('texts become the ids that transformers gives, or sentencepiece', async () => {
    const texts: { text: string; ids: number[] }[] = JSON.parse(
      await readFile(join(folderOf(name), 'tokens.json'), 'utf8'),
    );
    const { tokenizer, config } = await openModelFolder(folderOf(name));
    const { encode, bos } = await tokenizer(Number(config.vocab_size));
    expect(bos).toBe(config.bos_token_id);
    for (const { text, ids } of texts) expect(encode(text)).toEqual(ids);
  });

  test('a quantised copy is made of it, and computes nearly the same', async () => {
    const source = sourceOf(name, 'q8');
    await prepareModel(source);
    const model = await loadModel(source, { threads: 1 });
    try {
      const { logits } = await differencesFrom(expectedOf(name), model.language, LAYERS[name] ?? 2);
      // 8 bits move logits of these random models of 32 dimensions by 0.06 to 0.08 of the largest.
      expect(logits).toBeLessThan(0.15);
      expect(logits).toBeGreaterThan(1e-4);
    } finally {
      await model.close();
    }
  });

  test('what it takes is told from its header', async () => {
    const float32 = await memoryNeeded(sourceOf(name));
    expect(float32).toBeGreaterThan((await bytesOf(name)).length);
    expect(await memoryNeeded(sourceOf(name, 'q8'))).toBeLessThan(float32 / 3);
    const stored = await memoryNeeded(sourceOf(name, 'stored'));
    expect(stored).toBeLessThanOrEqual(float32);
    expect(stored).toBeGreaterThan((await bytesOf(name)).length);
  });
});

/** A folder with one changed copy of a model's file. */
async function changed(name: string, change: (bytes: Buffer) => Buffer | undefined): Promise<string> {
  const folder = await temporaryFolder();
  const bytes = await bytesOf(name);
  await writeFile(join(folder, 'model.gguf'), change(bytes) ?? bytes);
  return folder;
}

/** Writes bytes over the first place behind `text`, which the file holds. */
function behind(bytes: Buffer, text: string, value: number | bigint, skip = 0): undefined {
  const at = bytes.indexOf(text) + text.length + skip;
  expect(at).toBeGreaterThan(text.length);
  if (typeof value === 'bigint') bytes.writeBigUInt64LE(value, at);
  else bytes.writeUInt32LE(value, at);
}

/** A file with one more key, and a second one that keeps the data aligned. */
function withKey(bytes: Buffer, key: string, value: number): Buffer {
  const text = (content: string) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(content.length));
    return Buffer.concat([length, Buffer.from(content)]);
  };
  const uint32 = (number: number) => Buffer.from(Uint32Array.of(number).buffer);
  const [UINT32, STRING] = [4, 8];
  const added = Buffer.concat([text(key), uint32(UINT32), uint32(value), text('x'), uint32(STRING)]);
  const filler = text('-'.repeat(24 + ((32 - ((added.length + 32) % 32)) % 32)));
  const whole = Buffer.concat([bytes.subarray(0, 24), added, filler, bytes.subarray(24)]);
  whole.writeBigUInt64LE(whole.readBigUInt64LE(16) + 2n, 16);
  return whole;
}

const TYPE_AFTER_TWO_SIZES = 4 + 8 + 8;

test.each<[string, (bytes: Buffer) => Buffer | undefined, RegExp]>([
  ['empty', () => Buffer.alloc(0), /damaged \(shorter than its 24-byte prefix\): fetch it again/],
  ['of another kind', (b) => void b.write('GGML'), /it does not begin with GGUF/],
  ['of another version', (b) => void b.writeUInt32LE(7, 4), /GGUF of version 7; versions 2 and 3/],
  ['big-endian', (b) => void b.writeUInt32BE(3, 4), /big-endian GGUF/],
  ['promising many tensors', (b) => void b.writeBigUInt64LE(2n ** 60n, 8), /it promises \d+ tensors/],
  ['promising many keys', (b) => void b.writeBigUInt64LE(2n ** 40n, 16), /it promises .* keys/],
  [
    'promising more than it holds',
    (b) => void b.writeBigUInt64LE(90_000n, 8),
    /it ends before its header does/,
  ],
  ['cut in its header', (b) => b.subarray(0, 2000), /is damaged/],
  ['cut in its keys', (b) => b.subarray(0, 300), /is damaged/],
  ['cut in its data', (b) => b.subarray(0, b.length - 1000), /it ends before ".*" does/],
  [
    'with an endless list',
    (b) => behind(b, 'tokenizer.ggml.tokens', 2n ** 62n, 8),
    /is damaged \("tokenizer\.ggml\.tokens" lists 4611686018427387904 values\)/,
  ],
  [
    'with an endless string',
    (b) => behind(b, 'general.architecture', 2n ** 62n, 4),
    /is damaged \(a string of 4611686018427387904 bytes\)/,
  ],
  [
    'of another architecture',
    (b) => void b.write('bloom', b.indexOf('llama')),
    /of the architecture "bloom"/,
  ],
  [
    'of a type that is not read',
    (b) => behind(b, 'blk.0.ffn_up.weight', 10, TYPE_AFTER_TWO_SIZES),
    /"blk\.0\.ffn_up\.weight" is packed as Q2_K; F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, Q4_K, Q5_K, Q6_K are read/,
  ],
  [
    'of a type that nobody knows',
    (b) => behind(b, 'blk.0.ffn_up.weight', 200, TYPE_AFTER_TWO_SIZES),
    /is packed as number 200/,
  ],
  [
    'with an absurd size',
    (b) => behind(b, 'blk.0.ffn_up.weight', 2n ** 32n, 4 + 8),
    /it ends before "blk\.0\.ffn_up\.weight" does|damaged/,
  ],
  [
    'with rows of no whole blocks',
    (b) => behind(b, 'blk.0.ffn_up.weight', 33n, 4),
    /the rows of "blk\.0\.ffn_up\.weight" are no whole blocks of Q4_0/,
  ],
  [
    'with another shape',
    (b) => behind(b, 'blk.0.ffn_up.weight', 32n, 4 + 8),
    /"model\.layers\.0\.mlp\.up_proj\.weight" .* has shape \[32,32\]; expected \[64,32\]/,
  ],
  [
    'without a tensor',
    (b) => void b.write('X', b.indexOf('blk.1.ffn_up')),
    /lacks the tensor "model\.layers\.1\.mlp\.up_proj/,
  ],
  ['with experts', (b) => withKey(b, 'llama.expert_count', 8), /"num_local_experts" is 8, which changes/],
  ['with many layers', (b) => behind(b, 'llama.block_count', 2_000_000_000, 4), /num_hidden_layers: Too big/],
  ['with no heads', (b) => behind(b, 'llama.attention.head_count', 0, 4), /attention\.head_count: Too small/],
  [
    'with another tokenizer',
    (b) => void b.write('bert', b.indexOf('gpt2')),
    /a tokenizer of the kind "bert".*tokenizer\.json beside it/,
  ],
  [
    'cut by another rule',
    (b) => void b.write('gpt-9', b.indexOf('gpt-2')),
    /whose rule of cutting is "gpt-9"/,
  ],
  [
    'whose merge makes no token',
    (b) => void b.write('Q', b.indexOf('i n', b.indexOf('ggml.merges'))),
    /the merge "Q n" makes no token/,
  ],
])('a file %s gets one clear line', async (_, damage, message) => {
  const folder = await changed('llama', damage);
  const before = process.memoryUsage().arrayBuffers;
  const error = await loadModel(modelSource('x', folder, []), { threads: 1 }).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message.split('\n')).toHaveLength(1);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(60e6);
});

test('several files are refused; safetensors beside one are preferred', async () => {
  const folder = await temporaryFolder();
  const bytes = await bytesOf('llama');
  await writeFile(join(folder, 'b.gguf'), bytes);
  await writeFile(join(folder, 'a.gguf'), bytes);
  await expect(openModelFolder(folder)).rejects.toThrow(/has several GGUF files \(a\.gguf, b\.gguf\)/);
  const both = join(await temporaryFolder(), 'both');
  await mkdir(both);
  await cp(fixture('tiny-gpt2'), both, { recursive: true });
  await writeFile(join(both, 'a.gguf'), bytes);
  expect((await openModelFolder(both)).config.model_type).toBe('gpt2');
});

test('a tokenizer.json beside the file is used instead of its own', async () => {
  const folder = await changed('llama', (b) => void b.write('bert', b.indexOf('gpt2')));
  await cp(fixture('tiny-gpt2', 'tokenizer.json'), join(folder, 'tokenizer.json'));
  const { tokenizer } = await openModelFolder(folder);
  expect((await tokenizer(353)).text(352)).toBe('<|endoftext|>');
});

describe('a model in parts', () => {
  /** A folder with the parts under other names, one changed. */
  async function parts(
    names: readonly (string | undefined)[],
    change?: (bytes: Buffer, part: number) => void,
  ) {
    const folder = await temporaryFolder();
    for (const [part, name] of names.entries()) {
      if (name === undefined) continue;
      const bytes = await readFile(join(folderOf('gemma3'), PARTS[part]!));
      change?.(bytes, part);
      await writeFile(join(folder, name), bytes);
    }
    return folder;
  }

  test('is found by the names that llama.cpp gives them', async () => {
    expect(PARTS.length).toBeGreaterThan(2);
    const { checkpoint } = await openModelFolder(await parts(PARTS));
    expect(checkpoint.files).toHaveLength(PARTS.length);
  });

  test.each<[string, (string | undefined)[], ((bytes: Buffer, part: number) => void) | undefined, RegExp]>([
    [
      'without its last',
      PARTS.slice(0, -1),
      undefined,
      /^gemma3-0000(\d)-of-0000\1\.gguf is missing: put all \d parts/,
    ],
    ['without its first', [undefined, ...PARTS.slice(1)], undefined, /^gemma3-00001-of-\d+\.gguf is missing/],
    ['beside another', [...PARTS.slice(0, -1), 'other.gguf'], undefined, /has several GGUF files/],
    ['with one alone', ['alone.gguf'], undefined, /^alone\.gguf is part 1 of \d by what it says of itself/],
    ['mixed up', [PARTS[1], PARTS[0], ...PARTS.slice(2)], undefined, /is part 2 of \d by what it says/],
    [
      'with a tensor twice',
      PARTS,
      (bytes, part) => {
        const [from, to] = ['blk.6.ffn_up.weight', 'blk.0.ffn_up.weight'];
        if (part > 0 && bytes.includes(from)) bytes.write(to, bytes.indexOf(from));
      },
      /has "blk\.0\.ffn_up\.weight" once more/,
    ],
    [
      'promising more tensors',
      PARTS,
      (bytes, part) => {
        if (part === 0) behind(bytes, 'split.tensors.count', 9999, 4);
      },
      /promises 9999 tensors, its parts have \d+/,
    ],
  ])('%s is refused in one line', async (_, names, change, message) => {
    const error = await openModelFolder(await parts(names, change)).catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message.split('\n')).toHaveLength(1);
  });
});

describe('a SentencePiece vocabulary', () => {
  const tokenizerWith = async (change: (bytes: Buffer) => Buffer | undefined) => {
    const { tokenizer, config } = await openModelFolder(await changed('gemma', change));
    return tokenizer(Number(config.vocab_size));
  };

  test('bytes, unknown characters and tokens of the user survive', async () => {
    const { encode, text } = await tokenizerWith(() => undefined);
    const back = (of: string) => encode(of).map(text).join('');
    expect(back('the words\n\nof <turn>it')).toBe('the words\n\nof <turn>it');
    expect(encode('<turn>')).toHaveLength(1);
    expect(encode('語').map(text)).toEqual(['<0xE8>', '<0xAA>', '<0x9E>']);
  });

  test.each<[string, (bytes: Buffer) => Buffer | undefined, RegExp]>([
    [
      'without scores',
      (b) => void b.write('X', b.indexOf('tokenizer.ggml.scores')),
      /tokenizer\.ggml\.scores: /,
    ],
    [
      'without types',
      (b) => void b.write('X', b.indexOf('tokenizer.ggml.token_type')),
      /\d+ scores and 0 types/,
    ],
  ])('%s is refused', async (_, damage, message) => {
    await expect(tokenizerWith(damage)).rejects.toThrow(message);
  });

  test('a piece that is no piece is refused before it is split', () => {
    const tokens = ['a', 'a'.repeat(2_000_000)];
    const pieces = { tokens, scores: [0, 0], isMerged: () => true, unknown: undefined, addsSpace: false };
    expect(() => sentencePiece(pieces, new Map())).toThrow(/token 1 has 2000000 characters/);
  });
});
