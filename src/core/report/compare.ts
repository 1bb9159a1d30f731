import type { FeatureReport, ListedToken } from './feature.js';
import type { Asked, GhostSetting, ParameterValues } from './parameters.js';

/**
 * The answer to `/compare`: two vectors of one model, what each says at its own scale, and what both say. They are
 * the encoder and decoder vector of one feature, or the same kind of vector of two features. Plain data; probabilities
 * and shares are in 0..1, times in milliseconds. docs/methods.md has the formulas.
 */
export interface CompareReport {
  schema: 'ghosttree/compare@2';
  model: { id: string; dtype: string };
  parameters: CompareParameters;
  sides: [ComparedSide, ComparedSide];
  /** Cosine of the two vectors, -1..1. */
  cosine: number;
  lists: ListOverlap;
  trees: TreeOverlap;
  timing: { load: number; compare: number; total: number };
}

/** As they were asked for: each side has the place and the scale that words stood for, the same on both. */
export type CompareParameters = Asked<'compare'>;

/** One vector. */
export interface ComparedVector {
  layer: number;
  feature: number;
  weights: ParameterValues['weights'];
}

/** One vector and what it says. In its tree `other` marks every node that the other tree has, too. */
export interface ComparedSide extends Pick<FeatureReport, 'sae' | 'ghost' | 'tree'>, GhostSetting {
  weights: ParameterValues['weights'];
  tokens: ComparedToken[];
  /** The definition that sets it apart most from the other; absent where there is none. */
  leading?: ComparedDefinition;
}

export interface ComparedToken extends ListedToken {
  /** Rank in the other list; null where it is not in it. */
  otherRank: number | null;
}

export interface ComparedDefinition {
  text: string;
  /** False when the tree stopped growing before the definition closed. */
  ended: boolean;
  /** Cumulative probability. */
  probability: number;
  /** The same in the other tree; null where that is below the other tree's cutoff. */
  other: number | null;
}

export interface ListOverlap {
  /** Length of each list, and how many tokens stand in both. */
  length: number;
  shared: number;
  /** Rank-biased overlap, extrapolated, p = 0.9: 1 for the same list, 0 for none in common. */
  rankBiased: number;
}

export interface TreeOverlap {
  /** Nodes that stand in both trees. */
  nodes: number;
  /** For each side, the share of its tokens, weighed by their probability, that stand in the other tree too. */
  shared: [number, number];
  /** The least of both cumulative probabilities over the largest, each summed over all paths of both trees. */
  likeness: number;
  /** The most probable definition that both say, as the first side says it and as the second does. */
  definition?: { text: string; probabilities: [number, number] };
}
