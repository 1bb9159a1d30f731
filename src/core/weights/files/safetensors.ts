import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { z } from 'zod';
import { float16 } from '../../maths/float16.js';
import { InputError } from '../../report/errors.js';
import { BLOCK_TYPES, type BlockDtype, isBlockDtype, unpackBlocks } from './gguf/types/index.js';
import { storedRow } from './gguf/types/pairedRows.js';

/** Bytes per element of the dtypes that checkpoints of language models and SAEs use. */
const ELEMENT_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 };
export type PlainDtype = keyof typeof ELEMENT_BYTES;
export type Dtype = PlainDtype | BlockDtype;

/** Where a tensor's bytes lie. */
export interface TensorLocation {
  dtype: Dtype;
  shape: number[];
  /** Absolute path of the file. */
  file: string;
  /** Byte offset from the start of the file. */
  offset: number;
  /** Length in bytes. */
  length: number;
  /**
   * The file holds the rows of each head as pairs (0, n / 2, 1, n / 2 + 1, ...), n this many: readers put them in order.
   */
  pairedRows?: number;
}

/** The format's own limit on the JSON header. */
const MAXIMUM_HEADER_BYTES = 100_000_000;

const Header = z.record(
  z.string(),
  z.object({
    dtype: z.string(),
    shape: z.array(z.number().int().nonnegative()),
    data_offsets: z.tuple([z.number().int().nonnegative(), z.number().int().nonnegative()]),
  }),
);

/**
 * Reads the header of a safetensors file: 8 bytes of length (little endian), JSON, then the data.
 * Format: https://huggingface.co/docs/safetensors. No tensor data is read.
 *
 * @returns the location of every tensor by name
 * @throws {InputError} when the file is missing, cut off, or its header does not describe its data
 */
export async function readSafetensorsHeader(file: string): Promise<Map<string, TensorLocation>> {
  const damaged = (what: string) =>
    new InputError(`${basename(file)} is damaged (${what}): fetch it again. [${file}]`);
  const handle = await openForReading(file);
  try {
    const { size } = await handle.stat();
    if (size < 8) throw damaged('shorter than its 8-byte prefix');
    const headerLength = Number((await readExactly(handle, 0, 8, file)).readBigUInt64LE());
    const dataStart = 8 + headerLength;
    if (headerLength > MAXIMUM_HEADER_BYTES || dataStart > size) throw damaged('header longer than the file');
    const tensors = parseHeader(await readExactly(handle, 8, headerLength, file), damaged);
    const locations = new Map<string, TensorLocation>();
    for (const [
      name,
      {
        dtype,
        shape,
        data_offsets: [begin, end],
      },
    ] of tensors) {
      if (!Object.hasOwn(ELEMENT_BYTES, dtype))
        throw new InputError(
          `${basename(file)}: "${name}" has dtype ${dtype}; expected ${Object.keys(ELEMENT_BYTES).join(', ')}.`,
        );
      const length = elementCount(shape) * ELEMENT_BYTES[dtype as PlainDtype];
      if (end - begin !== length)
        throw damaged(`"${name}" should have ${length} bytes and has ${end - begin}`);
      if (dataStart + end > size) throw damaged(`it ends before "${name}" does`);
      locations.set(name, { dtype: dtype as PlainDtype, shape, file, offset: dataStart + begin, length });
    }
    return locations;
  } finally {
    await handle.close();
  }
}

function parseHeader(bytes: Buffer, damaged: (what: string) => InputError) {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw damaged('its header is not JSON');
  }
  if (typeof json === 'object' && json !== null) delete (json as Record<string, unknown>).__metadata__;
  const header = Header.safeParse(json);
  if (!header.success) throw damaged('its header is not a table of tensors');
  return Object.entries(header.data);
}

/**
 * Reads a run of elements of a tensor as float32.
 *
 * @param first index of the first element in row-major order
 * @param count how many elements to read; default: all from `first`
 * @throws {InputError} when the tensor is not of a floating-point dtype or the file is cut off
 */
export async function readElements(
  tensor: TensorLocation,
  first = 0,
  count = elementCount(tensor.shape) - first,
): Promise<Float32Array> {
  if (tensor.pairedRows !== undefined) {
    const { pairedRows, ...stored } = tensor;
    return inOrder(await readElements(stored), tensor.shape, pairedRows).subarray(first, first + count);
  }
  // Elements of a packed dtype are read in whole blocks.
  const block = blockLength(tensor.dtype);
  const begin = Math.floor(first / block) * block;
  const end = Math.ceil((first + count) / block) * block;
  const bytesPerElement = elementBytes(tensor.dtype);
  const handle = await openForReading(tensor.file);
  try {
    const bytes = await readExactly(
      handle,
      tensor.offset + begin * bytesPerElement,
      (end - begin) * bytesPerElement,
      tensor.file,
    );
    const elements = toFloat32(bytes, tensor.dtype, tensor.file);
    return block === 1 ? elements : elements.subarray(first - begin, first - begin + count);
  } finally {
    await handle.close();
  }
}

/** All bytes of a tensor. @throws {InputError} when the file is cut off */
export async function readBytes({ file, offset, length }: TensorLocation): Promise<Buffer> {
  const handle = await openForReading(file);
  try {
    return await readExactly(handle, offset, length, file);
  } finally {
    await handle.close();
  }
}

/** Rows that stand in pairs, in order. */
function inOrder(rows: Float32Array, shape: readonly number[], headSize: number): Float32Array {
  const width = elementCount(shape.slice(1));
  const ordered = new Float32Array(rows.length);
  for (let row = 0; row < shape[0]!; row++) {
    const stored = storedRow(row, headSize);
    ordered.set(rows.subarray(stored * width, (stored + 1) * width), row * width);
  }
  return ordered;
}

/**
 * Reads every `stride`-th element of a tensor as float32, such as a column of a row-major matrix.
 *
 * @throws {InputError} as `readElements` does
 */
export async function readStrided(
  tensor: TensorLocation,
  first: number,
  stride: number,
  count: number,
): Promise<Float32Array> {
  const size = elementBytes(tensor.dtype);
  const handle = await openForReading(tensor.file);
  try {
    const gathered = Buffer.from(new ArrayBuffer(count * size));
    await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const element = await readExactly(
          handle,
          tensor.offset + (first + i * stride) * size,
          size,
          tensor.file,
        );
        element.copy(gathered, i * size);
      }),
    );
    return toFloat32(gathered, tensor.dtype, tensor.file);
  } finally {
    await handle.close();
  }
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Bytes per element; of a packed dtype the mean. */
export function elementBytes(dtype: Dtype): number {
  if (!isBlockDtype(dtype)) return ELEMENT_BYTES[dtype];
  const { bytes, weights } = BLOCK_TYPES[dtype];
  return bytes / weights;
}

/** Elements that stand in a file as one. */
export function blockLength(dtype: Dtype): number {
  return isBlockDtype(dtype) ? BLOCK_TYPES[dtype].weights : 1;
}

/** @throws {InputError} when the file is missing or unreadable */
export async function openForReading(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT')
      throw new InputError(`${basename(file)} is missing: fetch the model again. [${file}]`);
    throw new InputError(`${basename(file)} cannot be read (${code}): check its permissions. [${file}]`);
  }
}

/**
 * Reads `length` bytes from `position` on into a new buffer.
 *
 * @throws {InputError} when the file ends before
 */
export async function readExactly(
  handle: FileHandle,
  position: number,
  length: number,
  file: string,
): Promise<Buffer> {
  // Not Buffer.alloc: small allocations come from a shared pool whose alignment does not suit Float32Array.
  const bytes = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw new InputError(`${basename(file)} is cut off: fetch it again. [${file}]`);
    done += bytesRead;
  }
  return bytes;
}

/**
 * Bytes of a tensor as float32.
 *
 * @param bytes aligned to the dtype's size
 * @throws {InputError} when the dtype is not a floating-point one
 */
export function toFloat32(bytes: Buffer, dtype: Dtype, file: string): Float32Array {
  if (isBlockDtype(dtype)) return unpackBlocks(bytes, dtype);
  const { buffer, byteOffset, byteLength } = bytes;
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer as ArrayBuffer, byteOffset, byteLength / 4);
    case 'F64':
      return Float32Array.from(new Float64Array(buffer as ArrayBuffer, byteOffset, byteLength / 8));
    case 'BF16': {
      // bfloat16 is the upper half of a float32.
      const halves = new Uint16Array(buffer as ArrayBuffer, byteOffset, byteLength / 2);
      const bits = new Uint32Array(halves.length);
      for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
      return new Float32Array(bits.buffer);
    }
    case 'F16':
      return Float32Array.from(new Uint16Array(buffer as ArrayBuffer, byteOffset, byteLength / 2), float16);
    default:
      throw new InputError(`${basename(file)}: a weight has dtype ${dtype}; expected F32, F16, BF16 or F64.`);
  }
}
