import type { Asked } from './parameters.js';
import type { SaeParity } from './parity.js';

/**
 * The answer to `/dream`: texts that activate a feature and still read as language. Plain data; activations are in the
 * SAE's units, cross-entropies and surprisals in nats, all times in milliseconds.
 */
export interface DreamReport {
  schema: 'ghosttree/dream@1';
  model: { id: string; dtype: string };
  sae: { release: string; hook: string; layer: number; feature: number; parity: SaeParity };
  parameters: DreamParameters;
  /** The feature's largest activation in the corpus, where the model ships it; the search does not use it. */
  known?: number;
  /** Where a text counts as fluent. */
  fluency: {
    /** 95th percentile of the cross-entropy of texts that the model wrote by itself. */
    limit: number;
    samples: number;
  };
  /** Texts none of which is beaten by another in both activation and cross-entropy, most fluent first. */
  front: DreamtText[];
  /** Index of the most active text that is fluent, and of the most active of all; null where there is none. */
  chosen: { fluent: number | null; strongest: number | null };
  search: {
    /** Tokens that the model read. */
    tokens: number;
    /** What ended it: its budget, the operator's time limit, or the person who asked. */
    ended: 'budget' | 'time' | 'cancelled';
  };
  timing: { load: number; search: number; total: number };
}

export type DreamParameters = Asked<'dream'>;

export interface DreamtText {
  text: string;
  /** The feature's largest activation at any token. */
  activation: number;
  /** Index of the token where it is. */
  peak: number;
  /** Mean surprisal of the tokens. */
  crossEntropy: number;
  tokens: DreamtToken[];
}

export interface DreamtToken {
  tokenId: number;
  token: string;
  activation: number;
  /** -log p given BOS and all tokens before. */
  surprisal: number;
}
