import type { FeatureSource } from '../../model/model.js';

/** How far the probe goes along the encoder vector, in lengths of the stream: every feature is active there. */
const REACH = 10;
/** Halvings of that way until it is known where the feature becomes active. */
const HALVINGS = 20;

/**
 * How near a silent feature is to being active, where all activations are 0 and tell nothing. With an SAE that does not
 * normalise its input, a feature becomes active where
 *
 *     x W_enc[:, f] > threshold
 *
 * and the threshold, biases included, is found by going along the encoder vector. For other SAEs this only orders texts.
 */
export class Drive {
  private constructor(
    /** W_enc[:, f], less its mean where the SAE reads a centred stream [inputSize]. */
    private readonly vector: Float32Array,
    private readonly threshold: number,
  ) {}

  /** @param stream any row of the model's residual stream at the hook point [inputSize] */
  static async probe(source: FeatureSource, feature: number, stream: Float32Array): Promise<Drive> {
    const encoder = await source.vector(feature, 'encoder');
    const mean = source.centered ? encoder.reduce((sum, value) => sum + value, 0) / encoder.length : 0;
    const vector = encoder.map((value) => value - mean);
    const length = Math.hypot(...vector) || 1;
    const step = REACH * Math.hypot(...stream);
    const at = (share: number) => stream.map((value, i) => value + (share * step * vector[i]!) / length);
    let [silent, active] = [-1, 1];
    for (let halving = 0; halving < HALVINGS; halving++) {
      const middle = (silent + active) / 2;
      if ((await source.encode(at(middle), 1))[feature]! > 0) active = middle;
      else silent = middle;
    }
    return new Drive(vector, dot(vector, at(active), 0));
  }

  /** A row's activation, or where that is 0 how far it is from one, 0 or less. */
  of(activation: number, residual: Float32Array, row: number): number {
    if (activation > 0) return activation;
    return Math.min(0, dot(this.vector, residual, row * this.vector.length) - this.threshold);
  }
}

function dot(vector: Float32Array, values: Float32Array, start: number): number {
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += vector[i]! * values[start + i]!;
  return sum;
}
