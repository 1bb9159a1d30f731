import type { Reconstruction } from '../features/parity.js';
import type { Sae } from '../models/sae.js';
import { type Feed, Session, type SessionSettings } from './session.js';

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

/**
 * What an SAE makes of rows of the residual stream. Encoder and decoder are open one after the other, so that only
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
  const encoder = await SaeEncoder.open(sae, settings);
  const activations = await encoder.encode(residual, rows).finally(() => encoder.close());
  const decoder = await Session.open(sae.decoderGraph(), sae.dataFolder, settings);
  try {
    const feeds = {
      residual: matrix(residual, rows, sae.inputSize),
      activations: matrix(activations, rows, sae.features),
    };
    const { target, reconstruction } = await decoder.run(feeds, ['target', 'reconstruction']);
    return {
      activations,
      target: target.data as Float32Array,
      reconstruction: reconstruction.data as Float32Array,
    };
  } finally {
    await decoder.close();
  }
}

function matrix(data: Float32Array, rows: number, columns: number): Feed {
  return { type: 'float32', data, shape: [rows, columns] };
}
