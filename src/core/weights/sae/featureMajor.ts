import { CancelledError } from '../../report/errors.js';
import type { PrepareControl } from '../derived/control.js';
import { DerivedFile } from '../derived/derivedFile.js';
import {
  elementBytes,
  openForReading,
  readExactly,
  type TensorLocation,
  toFloat32,
} from '../files/safetensors.js';
import { bytesOf } from '../files/safetensorsWriter.js';
import type { SaeSource } from '../files/source.js';
import { type FeatureMatrix, openSaeFiles } from './files.js';

/** The matrices of which a copy may be needed: what it is called, and its tensor in it. */
const PARTS = {
  encoder: { matrix: 'W_enc', tensor: 'W_enc_T' },
  decoder: { matrix: 'W_dec', tensor: 'W_dec' },
} as const;
export type SaePart = keyof typeof PARTS;
/** Raised when matrices are arranged, or written, in another way. */
const VERSION = 2;
/** Default of `EncoderControl.blockBytes`. */
const BLOCK_BYTES = 64e6;
/** Rows of a matrix that are read at a time: their values for one feature then fill a cache line. */
const ROWS_AT_A_TIME = 16;
/** Matrices up to this size are read as they are: a strided read of them takes a few milliseconds. */
const SMALL_BYTES = 8e6;

export interface EncoderControl extends PrepareControl {
  /** Bytes of features that are transposed at a time, default 64 MB; memory is bounded to little more. */
  blockBytes?: number | undefined;
}

/**
 * Writes a feature-major copy of an SAE's encoder, `<hook>.encoder.<digest>.safetensors` with
 * `W_enc_T [d_sae, d_in]` in float32, and of its decoder, `<hook>.decoder...`, unless there is one or the file itself has
 * features as rows. One feature's vector is then one read instead of d_in.
 *
 * @param prepared folder for what is derived from a model's files; it is made
 * @throws {InputError} when the SAE's files are missing or damaged, or the copy cannot be written
 * @throws {CancelledError} when the signal was raised
 */
export async function prepareSae(
  source: SaeSource,
  prepared: string,
  control: EncoderControl = {},
): Promise<void> {
  const { weights } = await openSaeFiles(source);
  const step = `arranging the features of ${source.hook}`;
  const { signal, onProgress } = control;
  for (const part of ['encoder', 'decoder'] as const) {
    const { tensor, byFeature } = weights[PARTS[part].matrix];
    if (byFeature) continue;
    const shape = tensor.shape.toReversed();
    const pieces = () => transposed(tensor, step, control);
    await (await fileOf(part, tensor, source.hook, prepared)).make(
      () => [{ name: PARTS[part].tensor, dtype: 'F32', shape, pieces }],
      () => {
        if (signal?.aborted) throw new CancelledError();
        onProgress?.({ step, share: 0 });
      },
    );
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
  control: EncoderControl = {},
): Promise<void> {
  try {
    const { W_enc } = (await openSaeFiles(source)).weights;
    if (W_enc.tensor.length > SMALL_BYTES) await prepareSae(source, prepared, control);
  } catch (error) {
    if (error instanceof CancelledError) throw error;
  }
}

/**
 * A matrix with features as rows [d_sae, d_in]: the file's own, or the copy of it; undefined where there is none of these
 * weights.
 */
export async function featureRows(
  part: SaePart,
  { tensor, byFeature }: FeatureMatrix,
  hook: string,
  prepared: string | undefined,
): Promise<TensorLocation | undefined> {
  if (byFeature) return tensor;
  const copy = prepared && (await (await fileOf(part, tensor, hook, prepared)).open());
  return copy ? copy.tensor(PARTS[part].tensor, tensor.shape.toReversed()) : undefined;
}

function fileOf(part: SaePart, matrix: TensorLocation, hook: string, prepared: string): Promise<DerivedFile> {
  return DerivedFile.in(prepared, { name: `${hook}.${part}`, version: VERSION, sources: [matrix.file] });
}

/** The bytes of a matrix' transposition, a block of features at a time. */
async function* transposed(
  tensor: TensorLocation,
  step: string,
  { signal, onProgress, blockBytes = BLOCK_BYTES }: EncoderControl,
): AsyncIterable<Uint8Array> {
  const [inputs, features] = tensor.shape as [number, number];
  const size = elementBytes(tensor.dtype);
  const blockFeatures = Math.min(features, Math.max(1, Math.floor(blockBytes / (4 * inputs))));
  const block = new Float32Array(blockFeatures * inputs);
  const handle = await openForReading(tensor.file);
  try {
    for (let first = 0; first < features; first += blockFeatures) {
      const width = Math.min(blockFeatures, features - first);
      for (let row = 0; row < inputs; row += ROWS_AT_A_TIME) {
        if (signal?.aborted) throw new CancelledError();
        const count = Math.min(ROWS_AT_A_TIME, inputs - row);
        const rows = await Promise.all(
          Array.from({ length: count }, async (_, i) => {
            const at = tensor.offset + ((row + i) * features + first) * size;
            const bytes = await readExactly(handle, at, width * size, tensor.file);
            return toFloat32(bytes, tensor.dtype, tensor.file);
          }),
        );
        for (let feature = 0; feature < width; feature++) {
          for (let i = 0; i < count; i++) block[feature * inputs + row + i] = rows[i]![feature]!;
        }
      }
      yield bytesOf(block.subarray(0, width * inputs));
      onProgress?.({ step, share: (first + width) / features });
    }
  } finally {
    await handle.close();
  }
}
