import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { InputError } from '../../../report/errors.js';
import {
  elementBytes,
  elementCount,
  openForReading,
  readExactly,
  type TensorLocation,
} from '../safetensors.js';
import { GgufCut, GgufFault, type GgufRecords, readRecords } from './records.js';
import { BLOCK_TYPES } from './types/index.js';

/** A GGUF file without the tensors' data. */
export interface GgufHeader {
  /** Absolute path. */
  file: string;
  metadata: Metadata;
  /** By the names that llama.cpp gives them; shapes row-major. */
  tensors: Map<string, GgufTensor>;
}

/** Where a tensor lies, or why it cannot be read. */
export type GgufTensor = TensorLocation | { unreadable: string; shape: number[] };

/** What the file says of itself, by keys such as `llama.block_count`. */
export class Metadata {
  constructor(
    private readonly file: string,
    private readonly values: ReadonlyMap<string, unknown>,
  ) {}

  has(key: string): boolean {
    return this.values.has(key);
  }

  /** @throws {InputError} when the value is missing, and may not, or is not what `schema` describes */
  get<T>(key: string, schema: z.ZodType<T>): T {
    const value = this.values.get(key);
    const parsed = schema.safeParse(typeof value === 'bigint' ? Number(value) : value);
    if (parsed.success) return parsed.data;
    throw new InputError(
      `${basename(this.file)}: ${key}: ${parsed.error.issues[0]?.message ?? 'unexpected'}. [${this.file}]`,
    );
  }
}

/** A model has a few hundred tensors and some dozens of keys: more is not read. */
const MOST = { tensors: 100_000, keys: 10_000, headerBytes: 2 ** 28 };
/** What is read of a file at first; headers with a vocabulary are longer. */
const FIRST_BYTES = 2 ** 20;
/** Magic, version, number of tensors, number of keys. */
const PREFIX_BYTES = 24;
/** The least that a key and its value, and a tensor's description, take. */
const LEAST_BYTES = { key: 13, tensor: 32 };

/** `ggml_type` by number, of those that are read. */
const DTYPES = new Map<number, TensorLocation['dtype']>([
  [0, 'F32'],
  [1, 'F16'],
  [30, 'BF16'],
  ...Object.entries(BLOCK_TYPES).map(([name, { id }]) => [id, name as keyof typeof BLOCK_TYPES] as const),
]);

/** Names of types that are not read. */
const OTHER_TYPES = new Map([
  [10, 'Q2_K'],
  [11, 'Q3_K'],
  [16, 'IQ2_XXS'],
  [17, 'IQ2_XS'],
  [18, 'IQ3_XXS'],
  [19, 'IQ1_S'],
  [20, 'IQ4_NL'],
  [21, 'IQ3_S'],
  [22, 'IQ2_S'],
  [23, 'IQ4_XS'],
  [28, 'F64'],
  [29, 'IQ1_M'],
  [34, 'TQ1_0'],
  [35, 'TQ2_0'],
  [39, 'MXFP4'],
  [40, 'NVFP4'],
]);

/** The header that was read last, until it is wanted again: what a model needs is asked just before it is opened. */
let latest: { state: string; header: GgufHeader } | undefined;

/**
 * Reads the header of a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). No tensor data is read.
 *
 * @throws {InputError} when the file is missing, cut off, of another kind, or describes more than it holds
 */
export async function readGgufHeader(file: string): Promise<GgufHeader> {
  const facts = await stat(file, { bigint: true }).catch(() => undefined);
  const state = facts && [file, facts.dev, facts.ino, facts.size, facts.mtimeNs, facts.ctimeNs].join();
  const earlier = latest;
  latest = undefined;
  if (earlier && earlier.state === state) return earlier.header;
  const header = await readHeader(file);
  if (state !== undefined) latest = { state, header };
  return header;
}

async function readHeader(file: string): Promise<GgufHeader> {
  const damaged = (what: string) =>
    new InputError(`${basename(file)} is damaged (${what}): fetch it again. [${file}]`);
  const { metadata: values, tensors: records, end, size } = await readWhole(file, damaged);
  const metadata = new Metadata(file, values);
  const alignment = metadata.get('general.alignment', z.number().default(32));
  if (!Number.isInteger(Math.log2(alignment))) throw damaged(`alignment ${alignment}`);
  const start = Math.ceil(end / alignment) * alignment;

  const tensors = new Map<string, GgufTensor>();
  for (const { name, sizes, type: id, offset } of records) {
    const shape = sizes.map(Number).reverse(); // the file names the fastest axis first
    const dtype = DTYPES.get(id);
    if (tensors.has(name)) throw damaged(`it has "${name}" twice`);
    if (dtype === undefined) {
      tensors.set(name, { unreadable: OTHER_TYPES.get(id) ?? `number ${id}`, shape });
      continue;
    }
    const length = elementCount(shape) * elementBytes(dtype);
    const begin = start + Number(offset);
    if (!Number.isSafeInteger(length) || Number(offset) % alignment !== 0)
      throw damaged(`"${name}" has shape [${shape}] and offset ${offset}, which ${dtype} cannot have`);
    const block = BLOCK_TYPES[dtype as keyof typeof BLOCK_TYPES]?.weights ?? 1;
    if ((shape.at(-1) ?? 1) % block !== 0)
      throw damaged(`the rows of "${name}" are no whole blocks of ${dtype}`);
    if (begin + length > size) throw damaged(`it ends before "${name}" does`);
    tensors.set(name, { dtype, shape, file, offset: begin, length });
  }
  return { file, metadata, tensors };
}

/**
 * Reads what the file says of itself, and the file's size: a piece from its beginning on, and one twice as long while it goes
 * on behind that.
 */
async function readWhole(
  file: string,
  damaged: (what: string) => InputError,
): Promise<GgufRecords & { size: number }> {
  const handle = await openForReading(file);
  try {
    const { size } = await handle.stat();
    if (size < PREFIX_BYTES) throw damaged('shorter than its 24-byte prefix');
    const prefix = await readExactly(handle, 0, PREFIX_BYTES, file);
    const { keys, tensors } = checkedPrefix(prefix, size, file, damaged);
    for (let length = FIRST_BYTES; ; length *= 2) {
      const bytes = await readExactly(handle, 0, Math.min(length, size), file);
      try {
        return { ...readRecords(bytes, PREFIX_BYTES, keys, tensors), size };
      } catch (error) {
        if (error instanceof GgufFault) throw damaged(error.message);
        if (!(error instanceof GgufCut)) throw error;
        if (length >= size || length >= MOST.headerBytes) throw damaged('it ends before its header does');
      }
    }
  } finally {
    await handle.close();
  }
}

/** Checks the first bytes, so that nobody reads as many tensors as a damaged file promises. */
function checkedPrefix(
  prefix: Buffer,
  size: number,
  file: string,
  damaged: (what: string) => InputError,
): { tensors: number; keys: number } {
  if (prefix.toString('latin1', 0, 4) !== 'GGUF') throw damaged('it does not begin with GGUF');
  const version = prefix.readUInt32LE(4);
  if (version !== 2 && version !== 3)
    throw new InputError(
      `${basename(file)} is ${version & 0xffff ? `GGUF of version ${version}` : 'big-endian GGUF'}; versions 2 and 3, little-endian, are read: convert it. [${file}]`,
    );
  const tensors = Number(prefix.readBigUInt64LE(8));
  const keys = Number(prefix.readBigUInt64LE(16));
  if (tensors > MOST.tensors || keys > MOST.keys)
    throw damaged(`it promises ${tensors} tensors and ${keys} keys`);
  if (PREFIX_BYTES + tensors * LEAST_BYTES.tensor + keys * LEAST_BYTES.key > size)
    throw damaged('it ends before its header does');
  return { tensors, keys };
}
