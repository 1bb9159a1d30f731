import type { Sae } from '../models/sae.js';
import { Session, type SessionSettings } from './session.js';

/** What an SAE makes of rows of the residual stream. */
export interface Reconstruction {
  /** Feature activations [rows, d_sae]. */
  activations: Float32Array;
  /** What is to be reconstructed: the stream, centred where the SAE was trained so [rows, d_in]. */
  target: Float32Array;
  /** What the activations make of it [rows, d_in]. */
  reconstruction: Float32Array;
}

/** An SAE in onnxruntime. It takes the stock model's residual stream whatever the SAE was trained on. */
export class SaeEncoder {
  private constructor(
    private readonly session: Session,
    private readonly inputSize: number,
  ) {}

  static async open(sae: Sae, settings: SessionSettings): Promise<SaeEncoder> {
    return new SaeEncoder(await Session.open(sae.graph(), sae.dataFolder, settings), sae.inputSize);
  }

  /**
   * @param residual [rows, d_in]
   * @returns feature activations [rows, d_sae]
   */
  async encode(residual: Float32Array, rows: number): Promise<Float32Array> {
    return (await this.run(residual, rows, ['activations'])).activations;
  }

  /** @param residual [rows, d_in] */
  reconstruct(residual: Float32Array, rows: number): Promise<Reconstruction> {
    return this.run(residual, rows, ['activations', 'target', 'reconstruction']);
  }

  close(): Promise<void> {
    return this.session.close();
  }

  private async run<Name extends string>(
    data: Float32Array,
    rows: number,
    outputs: readonly Name[],
  ): Promise<Record<Name, Float32Array>> {
    const shape = [rows, this.inputSize];
    const results = await this.session.run({ residual: { type: 'float32', data, shape } }, outputs);
    return Object.fromEntries(outputs.map((name) => [name, results[name].data])) as Record<
      Name,
      Float32Array
    >;
  }
}
