import { uniformNumbers } from '../../maths/random.js';
import type { EnrichedSet } from '../../report/kind.js';
import type { TokenSet } from '../list/tokenSets.js';

/** Random sets for each p value; fewer for large vocabularies, which take longer: time is bounded. */
const MOST_PERMUTATIONS = 1000;
const FEWEST_PERMUTATIONS = 500;
const TOKENS_DRAWN = 6e7;
/** Sets of up to this share of all tokens are sorted, larger ones found by looking at every token. */
const SPARSE = 1 / 32;

/** What a permutation test of one set counted. */
interface Null {
  /** Random sets whose score is at least as far from 0 as the observed one. */
  beyond: number;
  /** Sum of the sizes of all scores. */
  sum: number;
}

/**
 * Which sets of tokens stand together at an end of the ranking by weight: gene set enrichment analysis (Subramanian
 * et al. 2005, weight p = 1) with sets of tokens for sets of genes. Going down the ranking, a token of the set adds
 * |w| / (sum of |w| over the set), any other takes away 1 / (tokens not in the set); the score is the running sum's
 * largest deviation from 0.
 *
 * p compares with random sets of the same size, (1 + those at least as far from 0) / (1 + all), so that it is never 0
 * (Phipson and Smyth 2010). Unlike theirs it counts both signs: random sets of half the vocabulary hardly ever have
 * some signs, and a share of a few says nothing. q is p after Benjamini and Hochberg (1995).
 *
 * @param weights centred [vocabulary]
 * @param seed of the random sets
 * @returns the sets, those with the largest normalised score first, and how many random sets each was compared with
 */
export function enrich(
  weights: Float32Array,
  sets: readonly TokenSet[],
  seed = 1,
): { sets: Omit<EnrichedSet, 'random'>[]; permutations: number } {
  const { sizes, scores: observed } = scoresOf(weights, sets);
  const permutations = Math.round(
    Math.min(MOST_PERMUTATIONS, Math.max(FEWEST_PERMUTATIONS, TOKENS_DRAWN / weights.length)),
  );
  const nulls = permute(sizes, sets, observed, permutations, uniformNumbers(seed));
  const p = nulls.map(({ beyond }) => (1 + beyond) / (1 + permutations));
  const q = benjaminiHochberg(p);
  const enriched = sets.map(({ name, members }, index): Omit<EnrichedSet, 'random'> => {
    const { sum } = nulls[index]!;
    const score = observed[index]!;
    return {
      name,
      size: members.length,
      score,
      normalisedScore: sum > 0 ? (score * permutations) / sum : 0,
      p: p[index]!,
      q: q[index]!,
    };
  });
  enriched.sort((a, b) => Math.abs(b.normalisedScore) - Math.abs(a.normalisedScore));
  return { sets: enriched, permutations };
}

/** The score of each set, and the sizes of weights by rank. */
export function scoresOf(
  weights: Float32Array,
  sets: readonly TokenSet[],
): { scores: number[]; sizes: Float32Array } {
  const { order, rankOf } = ranked(weights);
  const sizes = Float32Array.from(order, (token) => Math.abs(weights[token]!));
  const scores = sets.map(({ members }) => {
    const ranks = Uint32Array.from(members, (token) => rankOf[token]!).sort();
    return runningSum(sizes, ranks);
  });
  return { scores, sizes };
}

/** Tokens by weight, largest first, ties by id; and the rank of each token. */
function ranked(weights: Float32Array): { order: Uint32Array; rankOf: Uint32Array } {
  const order = Uint32Array.from(weights, (_, token) => token);
  order.sort((a, b) => weights[b]! - weights[a]! || a - b);
  const rankOf = new Uint32Array(order.length);
  for (let rank = 0; rank < order.length; rank++) rankOf[order[rank]!] = rank;
  return { order, rankOf };
}

/**
 * The running sum's largest deviation, which is reached just before or at a member: O(set size).
 *
 * @param sizes |w| by rank
 * @param ranks of the set's members, ascending
 */
export function runningSum(sizes: Float32Array, ranks: Uint32Array, count = ranks.length): number {
  let total = 0;
  for (let i = 0; i < count; i++) total += sizes[ranks[i]!]!;
  if (total === 0) return 0;
  const miss = 1 / (sizes.length - count);
  let added = 0;
  let highest = 0;
  let lowest = 0;
  for (let i = 0; i < count; i++) {
    const rank = ranks[i]!;
    const missed = (rank - i) * miss;
    const before = added / total - missed;
    if (before < lowest) lowest = before;
    added += sizes[rank]!;
    const after = added / total - missed;
    if (after > highest) highest = after;
  }
  return highest >= -lowest ? highest : lowest;
}

/** Scores random sets; one shuffle serves all sets, each taking as many of its first ranks as it has members. */
function permute(
  sizes: Float32Array,
  sets: readonly TokenSet[],
  observed: readonly number[],
  permutations: number,
  uniform: () => number,
): Null[] {
  const tokens = sizes.length;
  const nulls = sets.map((): Null => ({ beyond: 0, sum: 0 }));
  const largest = Math.max(0, ...sets.map(({ members }) => members.length));
  const shuffled = Uint32Array.from({ length: tokens }, (_, rank) => rank);
  const place = new Uint32Array(tokens);
  const ranks = new Uint32Array(largest);
  for (let permutation = 0; permutation < permutations; permutation++) {
    // Fisher and Yates' shuffle, of only as many ranks as are read.
    for (let i = 0; i < largest; i++) {
      const j = i + Math.floor(uniform() * (tokens - i));
      const rank = shuffled[j]!;
      shuffled[j] = shuffled[i]!;
      shuffled[i] = rank;
    }
    for (let i = 0; i < tokens; i++) place[shuffled[i]!] = i;
    sets.forEach(({ members: { length } }, set) => {
      if (length < tokens * SPARSE) ranks.set(shuffled.subarray(0, length).slice().sort());
      else {
        let hits = 0;
        for (let rank = 0; hits < length; rank++) if (place[rank]! < length) ranks[hits++] = rank;
      }
      const score = runningSum(sizes, ranks, length);
      const counted = nulls[set]!;
      counted.sum += Math.abs(score);
      if (Math.abs(score) >= Math.abs(observed[set]!)) counted.beyond++;
    });
  }
  return nulls;
}

/** Benjamini and Hochberg's adjusted p values, in the order given. */
export function benjaminiHochberg(p: readonly number[]): number[] {
  const order = p.map((_, index) => index).sort((a, b) => p[b]! - p[a]!);
  const adjusted = new Array<number>(p.length);
  let least = 1;
  order.forEach((index, fromLargest) => {
    least = Math.min(least, (p[index]! * p.length) / (p.length - fromLargest));
    adjusted[index] = least;
  });
  return adjusted;
}
