import type { Reconstruction } from '../../features/activation/parity.js';
import type { Sae } from '../../weights/sae/index.js';
import { type Feed, Session, type SessionSettings } from '../session/index.js';

/** An SAE's encoder in onnxruntime. It takes the stock model's residual stream whatever the SAE was trained on. */
export class SaeEncoder {
  private constructor(
    private readonly session: Session,
    private readonly inputSize: number,
  ) {}

  static async open(sae: Sae, settings: SessionSettings): Promise<SaeEncoder> {
    return new SaeEncoder(await Session.open(sae.encoderGraph(), sae.dataFolder, settings), sae.inputSize);
  }

  /**
   * @param residual [rows, d_in]
   * @returns feature activations [rows, d_sae]
   */
  async encode(residual: Float32Array, rows: number): Promise<Float32Array> {
    const feeds = { residual: matrix(residual, rows, this.inputSize) };
    return (await this.session.run(feeds, ['activations'])).activations.data as Float32Array;
  }

  close(): Promise<void> {
    return this.session.close();
  }
}

/** Rows of activations in memory at once: they are wide. */
const ROWS_AT_A_TIME = 64;

/**
 * Reconstructs rows of the residual stream with an SAE. Encoder and decoder are open one after the other, so that only
 * half of the SAE is in memory.
 *
 * @param residual [rows, d_in]
 */
export async function reconstruct(
  sae: Sae,
  settings: SessionSettings,
  residual: Float32Array,
  rows: number,
): Promise<Reconstruction> {
  const { inputSize, features } = sae;
  const parts = Array.from({ length: Math.ceil(rows / ROWS_AT_A_TIME) }, (_, part) => {
    const first = part * ROWS_AT_A_TIME;
    const count = Math.min(ROWS_AT_A_TIME, rows - first);
    return { first, count, stream: residual.subarray(first * inputSize, (first + count) * inputSize) };
  });
  const usedOnce = { ...settings, prepack: false };
  const encoder = await SaeEncoder.open(sae, usedOnce);
  const active: SparseRows[] = [];
  try {
    for (const { stream, count } of parts) active.push(sparse(await encoder.encode(stream, count)));
  } finally {
    await encoder.close();
  }
  const target = new Float32Array(residual.length);
  const reconstruction = new Float32Array(residual.length);
  const decoder = await Session.open(sae.decoderGraph(), sae.dataFolder, usedOnce);
  try {
    for (const [index, { first, count, stream }] of parts.entries()) {
      const activations = matrix(dense(active[index]!, count * features), count, features);
      const feeds = { residual: matrix(stream, count, inputSize), activations };
      const result = await decoder.run(feeds, ['target', 'reconstruction']);
      target.set(result.target.data as Float32Array, first * inputSize);
      reconstruction.set(result.reconstruction.data as Float32Array, first * inputSize);
    }
  } finally {
    await decoder.close();
  }
  return { active: active.reduce((sum, { places }) => sum + places.length, 0), target, reconstruction };
}

/** The numbers of a matrix that are not 0. */
interface SparseRows {
  places: Int32Array;
  values: Float32Array;
}

function sparse(activations: Float32Array): SparseRows {
  const places: number[] = [];
  activations.forEach((activation, place) => {
    if (activation !== 0) places.push(place);
  });
  return {
    places: Int32Array.from(places),
    values: Float32Array.from(places, (place) => activations[place]!),
  };
}

function dense({ places, values }: SparseRows, length: number): Float32Array {
  const activations = new Float32Array(length);
  places.forEach((place, i) => {
    activations[place] = values[i]!;
  });
  return activations;
}

function matrix(data: Float32Array, rows: number, columns: number): Feed {
  return { type: 'float32', data, shape: [rows, columns] };
}
