import type { FeatureSource } from '../../model/model.js';
import { InputError } from '../../report/errors.js';

/** Numbers of decoder vectors in memory at once: 32 MB. */
const NUMBERS_AT_A_TIME = 8e6;

/** What is compared of an SAE. */
export type Decoders = Pick<FeatureSource, 'features' | 'inputSize' | 'vectors'>;

/**
 * The cosine of a direction with every decoder vector of an SAE, exact, a block of features at a time:
 *
 *     cos(f) = v . W_dec[f] / (|v| |W_dec[f]|)
 *
 * @param direction [inputSize]
 * @param onShare awaited after every block with the share that is done; throwing stops the work
 * @returns [features]; NaN for a vector of length 0 or with a number that is not finite
 */
export async function decoderCosines(
  source: Decoders,
  direction: Float32Array,
  onShare: (share: number) => void | Promise<void> = () => {},
): Promise<Float32Array> {
  const { features, inputSize } = source;
  const cosines = new Float32Array(features);
  const length = Math.sqrt(dot(direction, direction));
  const block = Math.max(1, Math.floor(NUMBERS_AT_A_TIME / inputSize));
  for (let first = 0; first < features; first += block) {
    const count = Math.min(block, features - first);
    const vectors = await blockOf(source, first, count);
    for (let row = 0; row < count; row++) {
      let product = 0;
      let squares = 0;
      for (let i = 0, at = row * inputSize; i < inputSize; i++, at++) {
        const value = vectors[at]!;
        product += value * direction[i]!;
        squares += value * value;
      }
      cosines[first + row] = product / (length * Math.sqrt(squares));
    }
    await onShare((first + count) / features);
  }
  return cosines;
}

/** One damaged vector is no reason to leave out its whole block. */
async function blockOf(source: Decoders, first: number, count: number): Promise<Float32Array> {
  try {
    return await source.vectors(first, count, 'decoder');
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const damaged = new Float32Array(source.inputSize).fill(Number.NaN);
    if (count === 1) return damaged;
    const vectors = new Float32Array(count * source.inputSize);
    const half = Math.ceil(count / 2);
    vectors.set(await blockOf(source, first, half));
    vectors.set(await blockOf(source, first + half, count - half), half * source.inputSize);
    return vectors;
  }
}

function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i]! * other[i]!;
  return sum;
}
