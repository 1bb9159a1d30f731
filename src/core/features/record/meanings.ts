import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { EvidenceExample, FeatureLabel } from '../../report/evidence.js';
import { peakStreams } from '../activation/vectorOf.js';
import { cosine } from '../compare/index.js';
import { placeOf } from '../ghost/place.js';
import { labelOf, peakWordOf, type WordFrequencies } from '../label/index.js';
import { isSameWord } from '../label/words.js';

/** Examples that a meaning has at least. */
const FEWEST = 3;
/** Where more of the peaks are of one word, there is one meaning. */
const ONE_WORD = 0.7;
/**
 * From this mean silhouette on (cosine distances), and up to this mean cosine between them, the peaks are of two kinds;
 * above it they are two words for one thing, such as "upper" and "lower". Chosen by reading 54 candidates of one SAE.
 */
const APART = 0.5;
const UNLIKE = 0.25;
/** The assignment of a dozen peaks settles in a few rounds. */
const MOST_ROUNDS = 20;

/**
 * The two meanings of a feature: its peaks are clustered by their residual streams (2-means of directions from the mean of
 * the hook point), and where the clusters stand apart and their labels share no word, there are two.
 *
 * @param examples best first
 * @returns undefined where there is one
 */
export async function meaningsOf(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  examples: readonly EvidenceExample[],
  frequencies: WordFrequencies,
): Promise<FeatureLabel['meanings']> {
  const common = peakWordOf(examples);
  if (examples.length < 2 * FEWEST || (common && common.examples >= ONE_WORD * examples.length))
    return undefined;
  const texts = examples.map(({ tokens }) => tokens.join(''));
  const peaks = await peakStreams(model, source, feature, texts);
  const { mean } = await placeOf(model, source, 'sae');
  const directions = peaks.map(({ stream }) => stream.map((value, i) => value - mean[i]!));
  const sides = twoClusters(directions);
  if (!sides || silhouette(directions, sides) < APART || likeness(directions, sides) > UNLIKE)
    return undefined;
  const meanings = [0, 1].map((side) => {
    const ofSide = peaks.filter((_, i) => sides[i] === side).map(({ text }) => examples[text]!);
    const label = labelOf(ofSide, frequencies);
    return { words: label && label.shared >= FEWEST - 1 ? label.words : [], examples: ofSide.length };
  });
  const [one, other] = meanings as [(typeof meanings)[0], (typeof meanings)[0]];
  const isTold = meanings.every(({ words, examples: count }) => words.length > 0 && count >= FEWEST);
  const shares = one.words.some((word) =>
    other.words.some((same) => isSameWord(word.toLowerCase(), same.toLowerCase())),
  );
  return isTold && !shares ? meanings.sort((a, b) => b.examples - a.examples) : undefined;
}

/**
 * 2-means by cosine, begun with the two that are farthest from each other.
 *
 * @param vectors [n][width]
 * @returns the side of each, 0 or 1; undefined where there are fewer than two, or all are on one side
 */
export function twoClusters(vectors: readonly Float32Array[]): number[] | undefined {
  let centres: [Float32Array, Float32Array] | undefined;
  let least = Number.POSITIVE_INFINITY;
  vectors.forEach((one, i) => {
    for (const other of vectors.slice(i + 1)) {
      const similarity = cosine(one, other);
      if (similarity < least) [least, centres] = [similarity, [one, other]];
    }
  });
  let sides: number[] | undefined;
  for (let round = 0; centres && round < MOST_ROUNDS; round++) {
    const [one, other] = centres;
    const next = vectors.map((vector) => (cosine(vector, one) >= cosine(vector, other) ? 0 : 1));
    if (sides?.every((side, i) => side === next[i])) break;
    sides = next;
    const groups = [0, 1].map((side) => vectors.filter((_, i) => next[i] === side));
    if (groups.some(({ length }) => length === 0)) return undefined;
    centres = [sumOfUnits(groups[0]!), sumOfUnits(groups[1]!)];
  }
  return sides;
}

/** Mean silhouette of two clusters by cosine distance, -1..1; a cluster of one counts 0. Rousseeuw (1987). */
export function silhouette(vectors: readonly Float32Array[], sides: readonly number[]): number {
  const values = vectors.map((vector, i) => {
    const distances = (same: boolean) =>
      vectors
        .filter((_, j) => j !== i && (sides[j] === sides[i]) === same)
        .map((other) => 1 - cosine(vector, other));
    const [own, others] = [distances(true), distances(false)];
    if (own.length === 0 || others.length === 0) return 0;
    const [within, between] = [own, others].map(
      (all) => all.reduce((sum, value) => sum + value) / all.length,
    );
    return (between! - within!) / Math.max(within!, between!, Number.MIN_VALUE);
  });
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}

/** Mean cosine between the members of one side and those of the other. */
function likeness(vectors: readonly Float32Array[], sides: readonly number[]): number {
  const [ones, others] = [0, 1].map((side) => vectors.filter((_, i) => sides[i] === side));
  const cosines = ones!.flatMap((one) => others!.map((other) => cosine(one, other)));
  return cosines.reduce((sum, value) => sum + value, 0) / cosines.length;
}

function sumOfUnits(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0]!.length);
  for (const vector of vectors) {
    const length = Math.hypot(...vector) || 1;
    vector.forEach((value, i) => {
      sum[i]! += value / length;
    });
  }
  return sum;
}
