import type { FeatureSource } from './feature.js';

/** How far the probe goes along the encoder vector, in lengths of the stream: every feature is active there. */
const REACH = 10;

/**
 * How near a silent feature is to being active, where all activations are 0 and tell nothing. For an SAE that does not
 * normalise its input, what its activation function sees is
 *
 *     x W_enc[:, f] + constant
 *
 * and the constant shows where the feature is active. For other SAEs this only orders texts.
 */
export class Drive {
  private constructor(
    /** W_enc[:, f], less its mean where the SAE reads a centred stream [inputSize]. */
    private readonly vector: Float32Array,
    private readonly constant: number,
  ) {}

  /** @param stream any row of the model's residual stream at the hook point [inputSize] */
  static async probe(source: FeatureSource, feature: number, stream: Float32Array): Promise<Drive> {
    const encoder = await source.vector(feature, 'encoder');
    const mean = source.centered ? encoder.reduce((sum, value) => sum + value, 0) / encoder.length : 0;
    const vector = encoder.map((value) => value - mean);
    const step = (REACH * Math.hypot(...stream)) / (Math.hypot(...vector) || 1);
    const far = stream.map((value, i) => value + (step * vector[i]!) / (Math.hypot(...vector) || 1));
    const activation = (await source.encode(far, 1))[feature]!;
    return new Drive(vector, activation - dot(vector, far, 0));
  }

  /** A row's activation, or where that is 0 how far it is from one, 0 or less. */
  of(activation: number, residual: Float32Array, row: number): number {
    if (activation > 0) return activation;
    return Math.min(0, dot(this.vector, residual, row * this.vector.length) + this.constant);
  }
}

function dot(vector: Float32Array, values: Float32Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * values[start + i]!;
  return sum;
}
