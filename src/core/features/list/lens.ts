import type { Moment } from '../../report/kind.js';
import { smallest } from './near.js';

export type Moments = Record<Moment, number>;

/**
 * A feature's weights over the vocabulary (Wright and Bloom, "Understanding SAE Features with the Logit Lens",
 * 2024), centred in place:
 *
 *     w = W_dec[f] W_U,  w -= mean(w),  z = w / sqrt(mean(w^2))
 *     skewness = mean(z^3),  kurtosis = mean(z^4)
 *
 * The mean is the one before centring: softmax does not see it. Weights that are all the same have no shape:
 * skewness and kurtosis 0.
 *
 * @param weights [tokens]
 */
export function centreWeights(weights: Float32Array): Moments {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i]!;
  const mean = sum / weights.length;
  let squares = 0;
  let cubes = 0;
  let fourths = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]! - mean;
    const square = weight * weight;
    squares += square;
    cubes += square * weight;
    fourths += square * square;
    weights[i] = weight;
  }
  const variance = squares / weights.length;
  const shape = (powers: number, power: number) =>
    variance > 0 ? powers / weights.length / variance ** (power / 2) : 0;
  return {
    mean,
    standardDeviation: Math.sqrt(variance),
    skewness: shape(cubes, 3),
    kurtosis: shape(fourths, 4),
  };
}

/** Indices of the largest weights, largest first, and those with the smallest, smallest first. */
export function extremeTokens(weights: Float32Array, count: number) {
  return {
    promoted: smallest(
      Float64Array.from(weights, (weight) => -weight),
      count,
    ),
    suppressed: smallest(Float64Array.from(weights), count),
  };
}

/**
 * Share of the variance of centred weights that lies between the tokens of a set and all others: with n tokens, k in
 * the set and m the mean weight of those,
 *
 *     share = k m^2 / (1 - k / n) / (n variance)       0..1
 */
export function varianceBetween(weights: Float32Array, members: Uint32Array, variance: number): number {
  const count = members.length;
  if (count === 0 || count === weights.length || variance === 0) return 0;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += weights[members[i]!]!;
  const mean = sum / count;
  return (count * mean * mean) / (1 - count / weights.length) / (weights.length * variance);
}
