import type { KindClass, KindReport } from '../../report/kind.js';

/** Percentiles within the SAE beyond which a class is named. Ours: there are no published thresholds. */
export const HIGH = 95;
export const LOW = 5;
export const MIDDLE = 50;

/** The classes that have a name. */
export const CLASSES = ['prediction', 'suppression', 'partition'] as const satisfies KindClass[];
export type NamedClass = (typeof CLASSES)[number];

type Measured = Pick<KindReport, 'moments' | 'splits'>;

/**
 * The kind of a feature in the words of Wright and Bloom (2024): a prediction feature promotes few tokens strongly, a
 * suppression feature pushes few down, a partition feature moves two halves of the vocabulary apart. Whatever is not
 * clearly one of them is none.
 */
export function classOf(measured: Measured): KindClass {
  return CLASSES.find((name) => strengthIn(name, measured) > 0) ?? 'none';
}

/**
 * How far a feature is beyond the bounds of a class: the smallest of its conditions' margins, each 0 at the bound and
 * 1 at the end of the percentiles; 0 or less for a feature that is not in the class.
 */
export function strengthIn(name: NamedClass, { moments, splits }: Measured): number {
  const [skewness, kurtosis, deviation] = [moments.skewness, moments.kurtosis, moments.standardDeviation].map(
    ({ percentile }) => percentile,
  ) as [number, number, number];
  const splitting = Math.max(splits.leadingSpace.percentile, splits.capitalised.percentile);
  if (name === 'prediction') return Math.min(above(skewness, HIGH), above(kurtosis, HIGH));
  if (name === 'suppression') return Math.min(below(skewness, LOW), above(kurtosis, HIGH));
  return Math.min(above(deviation, HIGH), below(kurtosis, MIDDLE), above(splitting, HIGH));
}

function above(percentile: number, bound: number): number {
  return (percentile - bound) / (100 - bound);
}

function below(percentile: number, bound: number): number {
  return (bound - percentile) / bound;
}
