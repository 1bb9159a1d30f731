import type { Baseline, MeanTree } from '../../model/model.js';

/** How many times more probable than under the baseline a path must be to be particular; chosen by eval/sections/prune.ts. */
export const PARTICULAR = 8;

/** How a path of a growing tree compares with the baseline. */
export interface Standing {
  /** Probability of the path under the baseline. */
  expected: number;
  /** Whether the path is so much more probable than under the baseline. */
  particular: boolean;
  /** Its place in the baseline's trie; undefined where the path has left it. */
  place: MeanTree | undefined;
}

/** What a growing tree asks about its branches. */
export interface Pruning {
  /** The standing of the root. */
  readonly root: Standing;
  /** The standing of a node's child. */
  below(parent: Standing, tokenId: number, probability: number, cumulative: number): Standing;
  /** Whether nothing that follows can be particular, so that the branch need not be continued. */
  isSettled(standing: Standing): boolean;
}

/**
 * Compares a tree with what every ghost says. With c the cumulative probability of a path in the tree and B its
 * probability under the baseline,
 *
 *     lift = c / B,  particular when lift >= threshold
 *
 * A path that is not in the baseline's trie is less probable there than its floor, and nothing is known of what follows:
 * it is taken to follow as in the tree at hand, B(path, t) = min(floor, B(path) * p(t | path)). Outside the trie lift
 * therefore stays what it was where the path left it, and what is not particular there never will be.
 */
export function pruneBy({ floor, root }: Baseline, threshold = PARTICULAR): Pruning {
  return {
    root: { expected: 1, particular: false, place: root },
    below(parent, tokenId, probability, cumulative) {
      const place = parent.place?.children.get(tokenId);
      if (!place && !parent.place) return { ...parent, expected: parent.expected * probability };
      const expected = place ? place.probability : Math.min(floor, parent.expected * probability);
      return { expected, particular: cumulative >= threshold * expected, place };
    },
    isSettled: ({ particular, place }) => !particular && place === undefined,
  };
}
