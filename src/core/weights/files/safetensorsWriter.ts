import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { writeWhole } from '../../../files/wholeFile.js';
import { whyNotWritten } from '../../../files/whyNotWritten.js';
import { InputError } from '../../report/errors.js';
import { BLANK, digestAt } from './checksum.js';

/** A tensor whose bytes are made while they are written. */
export interface TensorToWrite {
  name: string;
  dtype: 'F32' | 'BF16' | 'U8';
  shape: number[];
  /** Its bytes in row-major order, in pieces of any size. */
  pieces: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

const BYTES = { F32: 4, BF16: 2, U8: 1 };

/**
 * Writes a safetensors file that appears whole or not at all. Its header's `__metadata__` holds a checksum of all of
 * it, see `readMetadata`, which reveals a file that a loss of power left half-written.
 *
 * @param metadata strings kept there, too
 * @throws {InputError} when the disk is full or the folder cannot be written
 */
export async function writeSafetensors(
  file: string,
  tensors: readonly TensorToWrite[],
  metadata: Record<string, string> = {},
): Promise<void> {
  try {
    await writeWhole(file, async (handle) => {
      const header = headerOf(tensors, metadata);
      const hash = createHash('sha256').update(header);
      await handle.writeFile(header);
      for (const { name, dtype, shape, pieces } of tensors) {
        let length = 0;
        for await (const piece of pieces()) {
          await handle.writeFile(piece);
          hash.update(piece);
          length += piece.byteLength;
        }
        const expected = lengthOf(dtype, shape);
        if (length !== expected)
          throw new RangeError(`${name} has ${length} bytes, its shape needs ${expected}`);
      }
      await handle.write(hash.digest('hex'), digestAt(header), 'latin1');
    });
  } catch (error) {
    throw explainedWriteError(file, error);
  }
}

/** Bytes of a float32 array. */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The format's beginning: length of the header (8 bytes, little endian), header, padding to 8 bytes. */
function headerOf(tensors: readonly TensorToWrite[], metadata: Record<string, string>): Buffer {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { sha256: BLANK, format: 'pt', ...metadata } };
  for (const { name, dtype, shape } of tensors) {
    const end = offset + lengthOf(dtype, shape);
    header[name] = { dtype, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padding = Buffer.alloc((8 - (json.length % 8)) % 8, ' ');
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length + padding.length));
  return Buffer.concat([prefix, json, padding]);
}

function lengthOf(dtype: TensorToWrite['dtype'], shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, BYTES[dtype]);
}

/** What a person reads when a file cannot be written. @returns other errors as they are */
export function explainedWriteError(file: string, error: unknown): unknown {
  const why = whyNotWritten(error);
  if (why === undefined) return error;
  return new InputError(
    `${basename(file)} cannot be written: ${why}. Make room, or set GHOSTTREE_MODELS to another folder. [${file}]`,
  );
}
