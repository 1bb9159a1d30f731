/** How an answer to `/kind` is put into words, the same in pictures, alt texts and chats. */
import type { EnrichedSet, Firing, KindClass, Moment, Verdict } from '../../src/core/report/kind.js';
import { counted, formatCount, formatProbability } from '../../src/text/numbers.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';

const CLASS_NAMES: Readonly<Record<Exclude<KindClass, 'none'>, string>> = {
  prediction: 'prediction feature',
  suppression: 'suppression feature',
  partition: 'partition feature',
};

/** The class in words, as a list that is empty where there is none. */
export function classWords(kind: KindClass): string[] {
  return kind === 'none' ? [] : [CLASS_NAMES[kind]];
}

export const MOMENT_NAMES: Readonly<Record<Moment, string>> = {
  mean: 'mean',
  standardDeviation: 'standard deviation',
  skewness: 'skewness',
  kurtosis: 'kurtosis',
};

/** Headings of what a layer's features are sorted into. */
export const GROUP_NAMES: Readonly<Record<Exclude<KindClass, 'none'> | 'token' | 'context', string>> = {
  prediction: 'Prediction features',
  suppression: 'Suppression features',
  partition: 'Partition features',
  token: 'Token features',
  context: 'Context features',
};

export const VERDICT_NAMES: Readonly<Record<Verdict, string>> = {
  token: 'token feature',
  context: 'context feature',
  unknown: 'token or context: too rare to tell',
};

/** Which token a feature is active on, as a sentence. */
export function describeFiring({ verdict, token, share, active, texts }: Firing): string {
  const where = `${formatCount(active)} of ${counted(texts, 'text')} that the model wrote`;
  if (!token || !share) return `Active in none of ${counted(texts, 'text')} that the model wrote`;
  const most = `${formatProbability(share.value)} of the activation (${formatPercentile(share.percentile)})`;
  const of = `Fires most on ${shortToken(token.token)}: ${most}, active in ${where}`;
  return `${capitalised(VERDICT_NAMES[verdict])}. ${of}`;
}

/** A token made visible, cut where it is too long for a line. */
export function shortToken(token: string): string {
  return shorten(visibleToken(token), 40);
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Largest q of a set that is mentioned. */
const SIGNIFICANT = 0.05;

/** The sets that are significantly enriched, and more than random directions have them, strongest first. */
export function strongSets(sets: readonly EnrichedSet[], most: number): EnrichedSet[] {
  return sets.filter(({ q, score, random }) => q < SIGNIFICANT && Math.abs(score) > random).slice(0, most);
}

/** A moment, score or cosine: `3.21`, `-0.04`, `187`. */
export function formatMoment(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const written = value.toFixed(digits);
  // No negative zero.
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
