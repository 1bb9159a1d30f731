import type { EvidenceExample, FeatureLabel } from '../../report/evidence.js';
import { firingPattern } from './pattern.js';
import { isSameWord, type Peak, peakOf, wordsOf } from './words.js';

/** Most words of a label. */
const MOST_WORDS = 5;
/** Words to either side of a peak that count as around it. */
const AROUND = 3;
/** What a word around a peak counts, where one at a peak counts 1. */
const AROUND_WEIGHT = 0.35;
/** Least examples that share a word of a label. */
const SHARED = 2;
/** Letters of two texts around their peaks that are compared: what is equal so far is one text. */
const DUPLICATE_LETTERS = 24;

/** In how many features of an SAE a word stands at or around the peaks of the examples. */
export interface WordFrequencies {
  features: number;
  of(word: string): number;
}

/** Where nothing is known of other features. */
const UNKNOWN: WordFrequencies = { features: 1, of: () => 0 };

interface Candidate {
  word: string;
  /** Forms of it at or around peaks, each with how often it stands there. */
  forms: Map<string, number>;
  examples: number;
  atPeak: number;
  weight: number;
}

/**
 * The words that a feature's top examples share at and around their peaks: each counts by how many examples have it,
 * and by how few other features of the SAE do (inverse document frequency). Where they share none, the words at the
 * strongest peaks, of which none is shared.
 *
 * @param examples best first
 * @returns undefined where no example has a peak
 */
export function labelOf(
  examples: readonly EvidenceExample[],
  frequencies: WordFrequencies = UNKNOWN,
): FeatureLabel | undefined {
  const peaks = distinct(examples.flatMap((example) => peakOf(example) ?? []));
  if (peaks.length === 0) return undefined;
  const around = frequencies !== UNKNOWN;
  const candidates = candidatesOf(peaks, around);
  const scored = candidates
    .map((candidate) => ({ ...candidate, score: candidate.weight * rarity(candidate.word, frequencies) }))
    .sort((a, b) => b.score - a.score);
  const most = scored[0]?.score ?? 0;
  const shared = scored.filter(({ examples: count, score }) => count >= SHARED && score >= most / 4);
  const atPeaks = shared.filter(({ atPeak }) => atPeak > 0);
  const chosen = (atPeaks.length > 0 ? shared : scored.filter(({ atPeak }) => atPeak > 0)).slice(
    0,
    MOST_WORDS,
  );
  const words = chosen.map(
    ({ forms }) => [...forms].reduce((best, form) => (form[1] > best[1] ? form : best))[0],
  );
  const having = peaks.filter((peak) =>
    chosen.some(({ word }) =>
      (around ? wordsNear(peak) : [peak.word]).some((near) => isSameWord(near, word)),
    ),
  );
  const pattern = firingPattern(peaks);
  return {
    words,
    shared: atPeaks.length > 0 ? having.length : 0,
    of: peaks.length,
    source: 'examples',
    ...(pattern && { pattern }),
  };
}

/** Counts the words of many features. @param features the examples of each */
export function countWords(words: Map<string, number>, examples: readonly EvidenceExample[]): void {
  const seen = new Set(examples.flatMap((example) => wordsNear(peakOf(example))));
  for (const word of seen) words.set(word, (words.get(word) ?? 0) + 1);
}

/** @param around whether words around peaks count, which nothing but their rarity tells from those of any text */
function candidatesOf(peaks: readonly Peak[], around: boolean): Candidate[] {
  const candidates: Candidate[] = [];
  for (const peak of peaks) {
    const here = new Set<Candidate>();
    for (const word of around ? wordsNear(peak) : [peak.word]) {
      const atPeak = word === peak.word;
      let candidate = candidates.find((other) => isSameWord(other.word, word));
      if (!candidate) {
        candidate = { word, forms: new Map(), examples: 0, atPeak: 0, weight: 0 };
        candidates.push(candidate);
      }
      const form = atPeak ? peak.written : word;
      candidate.forms.set(form, (candidate.forms.get(form) ?? 0) + 1);
      if (here.has(candidate)) continue;
      here.add(candidate);
      candidate.examples++;
      if (atPeak) candidate.atPeak++;
      candidate.weight += atPeak ? 1 : AROUND_WEIGHT;
    }
  }
  return candidates;
}

/** The word at which most examples have their peak, forms of it counted together. */
export function peakWordOf(
  examples: readonly EvidenceExample[],
): { word: string; examples: number } | undefined {
  const words = examples.flatMap((example) => peakOf(example)?.word ?? []);
  const counted = words.map((word) => ({
    word,
    examples: words.filter((other) => isSameWord(word, other)).length,
  }));
  return counted.reduce<(typeof counted)[0] | undefined>(
    (best, each) => (best && best.examples >= each.examples ? best : each),
    undefined,
  );
}

/** The word at a peak, then those around it. */
export function wordsNear(peak: Pick<Peak, 'word' | 'before' | 'after'> | undefined): string[] {
  if (!peak) return [];
  return [peak.word, ...wordsOf(peak.before).slice(-AROUND), ...wordsOf(peak.after).slice(0, AROUND)];
}

/** Inverse document frequency of a word among the features of an SAE; 1 more where nothing is known of others. */
export function rarity(word: string, { features, of }: WordFrequencies): number {
  return Math.log((features + 1) / (of(word) + 1)) + (features === 1 ? 1 : 0);
}

/** Peaks whose texts differ. */
function distinct(peaks: readonly Peak[]): Peak[] {
  const seen = new Set<string>();
  return peaks.filter(({ before, written, after }) => {
    const key = JSON.stringify([
      before.slice(-DUPLICATE_LETTERS),
      written,
      after.slice(0, DUPLICATE_LETTERS),
    ]);
    return !seen.has(key) && seen.add(key);
  });
}
