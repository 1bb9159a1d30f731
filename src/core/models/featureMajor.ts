import { type FileHandle, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CancelledError, InputError } from '../errors.js';
import { writeAtomically } from './atomicFile.js';
import type { PrepareProgress } from './prepare.js';
import { openSaeFiles } from './saeFiles.js';
import {
  ELEMENT_BYTES,
  openForReading,
  readExactly,
  readSafetensorsHeader,
  readSafetensorsMetadata,
  type TensorLocation,
  toFloat32,
} from './safetensors.js';
import type { SaeSource } from './source.js';

/** Default of `PrepareControl.blockBytes`. */
const BLOCK_BYTES = 64e6;
/** Rows of W_enc that are read at a time: their values for one feature then fill a cache line. */
const ROWS_AT_A_TIME = 16;
/** Encoders up to this size are read as they are: a strided read of them takes a few milliseconds. */
const SMALL_BYTES = 8e6;

export interface PrepareControl {
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: PrepareProgress) => void) | undefined;
  /** Bytes of features that are transposed at a time, default 64 MB; memory is bounded to little more. */
  blockBytes?: number | undefined;
}

/**
 * Writes a feature-major copy of an SAE's encoder, `<prepared>/<hook>.encoder.safetensors` with `W_enc_T [d_sae, d_in]`
 * in float32, unless there is a fresh one. One feature's vector is then one read instead of d_in.
 *
 * @param prepared folder for what is derived from a model's files; it is made
 * @throws {InputError} when the SAE's files are missing or damaged, or the copy cannot be written
 * @throws {CancelledError} when the signal was raised
 */
export async function prepareSae(
  source: SaeSource,
  prepared: string,
  control: PrepareControl = {},
): Promise<void> {
  const { W_enc } = (await openSaeFiles(source)).weights;
  if (await freshEncoderCopy(W_enc, source.hook, prepared)) return;
  const file = encoderFile(source.hook, prepared);
  try {
    await writeAtomically(file, (handle) => transpose(W_enc, source.hook, handle, control));
  } catch (error) {
    if (error instanceof InputError || error instanceof CancelledError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (!code) throw error;
    throw new InputError(`${file} cannot be written (${code}): make room, or mend its folder's permissions.`);
  }
}

/**
 * As `prepareSae`, for an SAE that is asked for and large enough to gain by it. Where the copy cannot be made the
 * SAE is read as it is.
 *
 * @throws {CancelledError} when the signal was raised
 */
export async function prepareOnFirstUse(
  source: SaeSource,
  prepared: string,
  control: PrepareControl = {},
): Promise<void> {
  try {
    const { W_enc } = (await openSaeFiles(source)).weights;
    if (W_enc.length > SMALL_BYTES) await prepareSae(source, prepared, control);
  } catch (error) {
    if (error instanceof CancelledError) throw error;
  }
}

/** The copy of an encoder [d_sae, d_in]; undefined where there is none, or one of other weights. */
export async function freshEncoderCopy(
  encoder: TensorLocation,
  hook: string,
  prepared: string,
): Promise<TensorLocation | undefined> {
  const file = encoderFile(hook, prepared);
  try {
    const metadata = await readSafetensorsMetadata(file);
    const copy = (await readSafetensorsHeader(file)).get('W_enc_T');
    const origin = await originOf(encoder);
    const fresh = Object.entries(origin).every(([key, value]) => metadata[key] === value);
    const fits = copy?.dtype === 'F32' && copy.shape.join() === encoder.shape.toReversed().join();
    return fresh && fits ? copy : undefined;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function encoderFile(hook: string, prepared: string): string {
  return join(prepared, `${hook}.encoder.safetensors`);
}

/** What tells the weights that a copy was made of: written into its metadata. */
async function originOf({ file, offset }: TensorLocation): Promise<Record<string, string>> {
  const { size, mtimeMs } = await stat(file);
  return { source_size: String(size), source_mtime_ms: String(mtimeMs), source_offset: String(offset) };
}

async function transpose(
  tensor: TensorLocation,
  hook: string,
  out: FileHandle,
  { signal, onProgress, blockBytes = BLOCK_BYTES }: PrepareControl,
): Promise<void> {
  const [inputs, features] = tensor.shape as [number, number];
  const size = ELEMENT_BYTES[tensor.dtype];
  let position = await writeHeader(out, [features, inputs], await originOf(tensor));
  const blockFeatures = Math.min(features, Math.max(1, Math.floor(blockBytes / (4 * inputs))));
  const block = new Float32Array(blockFeatures * inputs);
  const input = await openForReading(tensor.file);
  try {
    for (let first = 0; first < features; first += blockFeatures) {
      const width = Math.min(blockFeatures, features - first);
      for (let row = 0; row < inputs; row += ROWS_AT_A_TIME) {
        if (signal?.aborted) throw new CancelledError();
        const count = Math.min(ROWS_AT_A_TIME, inputs - row);
        const rows = await Promise.all(
          Array.from({ length: count }, async (_, i) => {
            const at = tensor.offset + ((row + i) * features + first) * size;
            return toFloat32(
              await readExactly(input, at, width * size, tensor.file),
              tensor.dtype,
              tensor.file,
            );
          }),
        );
        for (let feature = 0; feature < width; feature++) {
          for (let i = 0; i < count; i++) block[feature * inputs + row + i] = rows[i]![feature]!;
        }
      }
      position += await writeAll(out, new Uint8Array(block.buffer, 0, width * inputs * 4), position);
      const done = (first + width) * inputs * size;
      onProgress?.({ step: `encoder of ${hook}`, done, total: tensor.length });
    }
  } finally {
    await input.close();
  }
}

/** Writes a safetensors header for one float32 tensor; returns its length. */
async function writeHeader(
  out: FileHandle,
  shape: number[],
  metadata: Record<string, string>,
): Promise<number> {
  const bytes = shape.reduce((product, size) => product * size, 4);
  const tensor = { dtype: 'F32', shape, data_offsets: [0, bytes] };
  const json = JSON.stringify({ __metadata__: metadata, W_enc_T: tensor });
  const text = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(text.length));
  return writeAll(out, Buffer.concat([prefix, text]), 0);
}

async function writeAll(out: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    done += (await out.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
  return done;
}
