import type { ComparedToken, ListOverlap } from '../../report/compare.js';
import type { ListedToken } from '../../report/feature.js';

/** Persistence of the rank-biased overlap: with 0.9 the first ten ranks have 86 % of the weight. */
const PERSISTENCE = 0.9;

/**
 * How alike two lists are. With X_d the number of tokens that are among the first d of both, and k their length,
 *
 *     rankBiased = X_k / k * p^k + (1 - p) / p * sum_{d=1..k} X_d / d * p^d,   p = 0.9
 *
 * (extrapolated rank-biased overlap; Webber, Moffat and Zobel, "A similarity measure for indefinite rankings", 2010).
 *
 * @param list, other token ids, best first, each token once, of the same length
 */
export function overlapOfLists(list: readonly number[], other: readonly number[]): ListOverlap {
  const [seen, otherSeen] = [new Set<number>(), new Set<number>()];
  let shared = 0;
  let sum = 0;
  list.forEach((token, i) => {
    const against = other[i]!;
    seen.add(token);
    otherSeen.add(against);
    if (token === against) shared += 1;
    else shared += Number(otherSeen.has(token)) + Number(seen.has(against));
    sum += (shared / (i + 1)) * PERSISTENCE ** (i + 1);
  });
  const { length } = list;
  const end = length === 0 ? 0 : (shared / length) * PERSISTENCE ** length;
  return { length, shared, rankBiased: end + ((1 - PERSISTENCE) / PERSISTENCE) * sum };
}

/** A list with the rank of each of its tokens in the other list. */
export function withOtherRanks(list: readonly ListedToken[], other: readonly ListedToken[]): ComparedToken[] {
  const ranks = new Map(other.map(({ tokenId, rank }) => [tokenId, rank]));
  return list.map((token) => ({ ...token, otherRank: ranks.get(token.tokenId) ?? null }));
}
