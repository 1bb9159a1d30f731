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
import { openSaeFiles } from './files.js';

const TENSOR = 'W_enc_T';
/** Raised when encoders are arranged, or written, in another way. */
const VERSION = 2;
/** Default of `EncoderControl.blockBytes`. */
const BLOCK_BYTES = 64e6;
/** Rows of W_enc that are read at a time: their values for one feature then fill a cache line. */
const ROWS_AT_A_TIME = 16;
/** Encoders up to this size are read as they are: a strided read of them takes a few milliseconds. */
const SMALL_BYTES = 8e6;

export interface EncoderControl extends PrepareControl {
  /** Bytes of features that are transposed at a time, default 64 MB; memory is bounded to little more. */
  blockBytes?: number | undefined;
}

/**
 * Writes a feature-major copy of an SAE's encoder, `<hook>.encoder.<digest>.safetensors` with
 * `W_enc_T [d_sae, d_in]` in float32, unless there is one. One feature's vector is then one read instead of d_in.
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
  const { W_enc } = (await openSaeFiles(source)).weights;
  const step = `arranging the features of ${source.hook}`;
  const { signal, onProgress } = control;
  const shape = W_enc.shape.toReversed();
  const pieces = () => transposed(W_enc, step, control);
  await (await fileOf(W_enc, source.hook, prepared)).make(
    () => [{ name: TENSOR, dtype: 'F32', shape, pieces }],
    () => {
      if (signal?.aborted) throw new CancelledError();
      onProgress?.({ step, share: 0 });
    },
  );
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
    if (W_enc.length > SMALL_BYTES) await prepareSae(source, prepared, control);
  } catch (error) {
    if (error instanceof CancelledError) throw error;
  }
}

/** The copy of an encoder [d_sae, d_in]; undefined where there is none of these weights. */
export async function encoderCopy(
  encoder: TensorLocation,
  hook: string,
  prepared: string,
): Promise<TensorLocation | undefined> {
  const copy = await (await fileOf(encoder, hook, prepared)).open();
  return copy?.tensor(TENSOR, encoder.shape.toReversed());
}

function fileOf(encoder: TensorLocation, hook: string, prepared: string): Promise<DerivedFile> {
  return DerivedFile.in(prepared, { name: `${hook}.encoder`, version: VERSION, sources: [encoder.file] });
}

/** The bytes of W_enc's transposition, a block of features at a time. */
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
