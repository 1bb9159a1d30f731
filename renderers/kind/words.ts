/** How an answer to `/kind` is put into words, the same in pictures, alt texts and chats. */
import type { EnrichedSet, KindClass, Moment } from '../../src/core/report/kind.js';

export const CLASS_NAMES: Readonly<Record<KindClass, string>> = {
  prediction: 'prediction feature',
  suppression: 'suppression feature',
  partition: 'partition feature',
  none: 'no clear class',
};

export const MOMENT_NAMES: Readonly<Record<Moment, string>> = {
  mean: 'mean',
  standardDeviation: 'standard deviation',
  skewness: 'skewness',
  kurtosis: 'kurtosis',
};

/** Largest q of a set that is spoken of. */
const SIGNIFICANT = 0.05;

/** The sets that are significantly enriched, strongest first. */
export function strongSets(sets: readonly EnrichedSet[], most: number): EnrichedSet[] {
  return sets.filter(({ q }) => q < SIGNIFICANT).slice(0, most);
}

/** A moment, score or cosine: `3.21`, `-0.04`, `187`. */
export function formatMoment(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const written = value.toFixed(digits);
  // A negative zero says nothing.
  return Number(written) === 0 ? (0).toFixed(digits) : written;
}

/** `97th percentile`; whole percents, two digits near the ends: `99.85th`. */
export function formatPercentile(percentile: number): string {
  const near = percentile > 99 || percentile < 1;
  const written = percentile.toFixed(near ? 2 : 0);
  return `${written}${near ? 'th' : ordinalEnding(Number(written))} percentile`;
}

/** `0.001`, `<0.001` below that. */
export function formatPValue(p: number): string {
  return p < 0.001 ? '<0.001' : p.toFixed(3);
}

function ordinalEnding(number: number): string {
  if (number % 100 >= 11 && number % 100 <= 13) return 'th';
  return { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10] ?? 'th';
}
