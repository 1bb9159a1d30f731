import type { FeatureSource, Tokenizer } from '../../model/model.js';
import type { EmbeddingTable, LogitLens } from '../../model/ports.js';
import { centreWeights, varianceBetween } from '../list/lens.js';
import { tokenSet } from '../list/tokenSets.js';
import { lensVocabulary, taken } from '../list/vocabulary.js';

/** What is measured of every feature of an SAE. */
export const MEASURES = [
  'mean',
  'standardDeviation',
  'skewness',
  'kurtosis',
  'leadingSpace',
  'capitalised',
] as const;

/** Each measure of all features of an SAE [features]. */
export type FeatureMoments = Record<(typeof MEASURES)[number], Float32Array>;

/** Rows of weights in memory at once: over a large vocabulary each takes a megabyte. */
const FEATURES_AT_A_TIME = 32;

/** What the measuring needs of a model. */
export interface MeasuredModel {
  lens: LogitLens;
  tokenizer: Tokenizer;
  embeddings(centered: boolean): Promise<EmbeddingTable>;
}

/**
 * Measures all features: the moments of their logit lens weights, and how much of those weights' variance lies
 * between tokens with and without leading space (capital).
 *
 * @param onShare awaited after every batch with the share of the work that is done; throwing stops it
 */
export async function measureFeatures(
  { lens, tokenizer, embeddings }: MeasuredModel,
  source: Pick<FeatureSource, 'features' | 'centered' | 'vectors'>,
  onShare: (share: number) => void | Promise<void>,
): Promise<FeatureMoments> {
  const table = await embeddings(source.centered);
  const { ids, sets } = await lensVocabulary(tokenizer, table);
  const [spaced, capitalised] = [tokenSet(sets, 'leading space'), tokenSet(sets, 'capitalised')];
  const measured = Object.fromEntries(
    MEASURES.map((name) => [name, new Float32Array(source.features)]),
  ) as FeatureMoments;
  for (let first = 0; first < source.features; first += FEATURES_AT_A_TIME) {
    const count = Math.min(FEATURES_AT_A_TIME, source.features - first);
    const logits = await lens.logits(await source.vectors(first, count, 'decoder'));
    for (let row = 0; row < count; row++) {
      const weights = taken(logits, ids, row * table.size);
      const moments = centreWeights(weights);
      const variance = moments.standardDeviation ** 2;
      const values = {
        ...moments,
        leadingSpace: varianceBetween(weights, spaced, variance),
        capitalised: varianceBetween(weights, capitalised, variance),
      };
      for (const name of MEASURES) measured[name][first + row] = values[name];
    }
    await onShare((first + count) / source.features);
  }
  return measured;
}

/** Values in ascending order, NaN left out; sorted once however many percentiles are asked for. */
const ascending = new WeakMap<Float32Array, Float32Array>();

/** Percent of values that are smaller, equal ones counted half; NaN stands for a value that is not known. */
export function percentile(values: Float32Array, value: number): number {
  let sorted = ascending.get(values);
  if (!sorted) {
    sorted = values.filter((entry) => !Number.isNaN(entry)).sort();
    ascending.set(values, sorted);
  }
  const smaller = firstWhere(sorted, (other) => other >= value);
  const equal = firstWhere(sorted, (other) => other > value) - smaller;
  return (100 * (smaller + equal / 2)) / sorted.length;
}

/** Index of the first value for which `holds`, in an order in which it holds for all that follow. */
function firstWhere(sorted: Float32Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(sorted[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
