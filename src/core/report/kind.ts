import type { Asked } from './parameters.js';
import type { SaeParity } from './parity.js';

/**
 * The answer to `/kind`: plain data that is drawn, exported as JSON and cached. Weights are those of the feature's
 * logit lens, in logits for each unit of its activation before the final norm's division; percentiles are in 0..100
 * within the feature's own SAE, all times in milliseconds. docs/methods.md has the formulas.
 */
export interface KindReport {
  schema: 'ghosttree/kind@2';
  model: { id: string; dtype: string };
  sae: { release: string; hook: string; layer: number; feature: number; features: number; parity: SaeParity };
  parameters: KindParameters;
  /** Tokens altogether, and those that training saw: only these are looked at. */
  vocabulary: { tokens: number; trained: number };
  class: KindClass;
  moments: Record<Moment, Measure>;
  /** Share (0..1) of the weights' variance that lies between tokens in a set and all others. */
  splits: Record<Split, Measure>;
  firing: Firing;
  /** Tokens with the largest weights, largest first. */
  promoted: LensToken[];
  /** Tokens with the smallest weights, smallest first. */
  suppressed: LensToken[];
  /** Sets of tokens, the most unevenly spread first. */
  sets: EnrichedSet[];
  /** Drawings of sets on which their p values rest. */
  permutations: number;
  histogram: Histogram;
  timing: { load: number; lens: number; total: number };
}

/** Both concern the picture only. `trim` has no meaning here; every question has it. */
export type KindParameters = Asked<'kind'>;

export type KindClass = 'prediction' | 'suppression' | 'partition' | 'none';
export type Moment = 'mean' | 'standardDeviation' | 'skewness' | 'kurtosis';
export type Split = 'leadingSpace' | 'capitalised';

export interface Measure {
  value: number;
  /** Share of the SAE's features with a smaller value, those with the same counted half, in percent. */
  percentile: number;
}

/**
 * Which token a feature is active on in texts that the model wrote by itself: in those that activate it most, the
 * token with most of the activation.
 */
export interface Firing {
  /** Token: one token has more than half of the activation. Unknown: the feature is active in too few texts. */
  verdict: Verdict;
  /** Null for a feature that is active in none. */
  token: { tokenId: number; token: string } | null;
  /** The token's share of the activation, 0..1; null likewise. */
  share: Measure | null;
  /** In how many texts the feature is active, and how many there are. */
  active: number;
  texts: number;
}

export type Verdict = 'token' | 'context' | 'unknown';

/** What kind of feature, in short: part of the answer to `/feature`. */
export interface FeatureKind {
  class: KindClass;
  skewness: Measure;
  kurtosis: Measure;
  firing: Firing;
}

export interface LensToken {
  tokenId: number;
  token: string;
  /** Centred over the vocabulary. */
  weight: number;
}

/** The ends of a feature's logit lens, beside what directions that mean nothing have. */
export interface LensTokens {
  /** Largest weight first. */
  promoted: LensToken[];
  /** Smallest weight first. */
  suppressed: LensToken[];
  /** Of all the feature's weights. */
  standardDeviation: number;
  /** How many standard deviations from the mean 95 % of directions that mean nothing have their ends at most. */
  random: { promoted: number; suppressed: number };
}

/** A set of tokens and where it stands among all tokens ranked by weight. */
export interface EnrichedSet {
  name: string;
  /** Number of tokens in it. */
  size: number;
  /** Largest deviation of the running sum, -1..1: above 0 the set is promoted, below it is suppressed. */
  score: number;
  /** The score over the mean size of the score of random sets of as many tokens. */
  normalisedScore: number;
  /** Share of random sets whose score is as far from 0. */
  p: number;
  /** p after Benjamini and Hochberg over the sets. */
  q: number;
  /** Size of the score that 95 % of random directions of the same layer do not exceed. */
  random: number;
}

/** How many tokens have which weight. */
export interface Histogram {
  /** Lower edge of the first bin and upper edge of the last, in the unit of the weights. */
  low: number;
  high: number;
  /** Tokens in each bin. */
  counts: number[];
  /** The same for each set of `sets`, in that order. */
  sets: number[][];
}
