import type { KindClass, KindReport } from '../report/kind.js';

/** Percentiles within the SAE beyond which a class is named. Ours: there are no published thresholds. */
const HIGH = 95;
const LOW = 5;
const MIDDLE = 50;

/**
 * The kind of a feature in the words of Wright and Bloom (2024): a prediction feature promotes few tokens strongly, a
 * suppression feature pushes few down, a partition feature moves two halves of the vocabulary apart. Whatever is not
 * clearly one of them is none.
 */
export function classOf({ moments, splits }: Pick<KindReport, 'moments' | 'splits'>): KindClass {
  const { standardDeviation, skewness, kurtosis } = moments;
  if (skewness.percentile > HIGH && kurtosis.percentile > HIGH) return 'prediction';
  if (skewness.percentile < LOW && kurtosis.percentile > HIGH) return 'suppression';
  const splitting = Math.max(splits.leadingSpace.percentile, splits.capitalised.percentile);
  if (standardDeviation.percentile > HIGH && kurtosis.percentile < MIDDLE && splitting > HIGH)
    return 'partition';
  return 'none';
}
