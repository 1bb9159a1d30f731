import type { Asked } from './parameters.js';
import type { SaeParity } from './parity.js';

/**
 * The answer to `/sweep`: how a feature speaks at every scale of a grid, and where it speaks best. Plain data; all
 * probabilities are in 0..1, all times in milliseconds.
 */
export interface SweepReport {
  schema: 'ghosttree/sweep@1';
  model: { id: string; dtype: string };
  sae: { release: string; hook: string; layer: number; feature: number; parity: SaeParity };
  parameters: SweepParameters;
  /** Mean Euclidean distance of the model's token embeddings from their centroid. */
  meanTokenDistance: number;
  /** Smallest scale first. */
  points: ScalePoint[];
  chosen: ChosenScale;
  timing: { load: number; sweep: number; total: number };
}

export type SweepParameters = Asked<'sweep'>;

/** What is measured at every scale; docs/methods.md has the formulas. */
export interface ScaleCriteria {
  /** The feature's activation at the ghost's position at the SAE's hook point, in the SAE's units. */
  activation: number;
  /** Kullback-Leibler divergence of the first token's distribution from that of random ghosts, in bits. */
  divergence: number;
  /** Entropy of the first token's distribution, in bits. */
  entropy: number;
  /** 1 less the Jensen-Shannon divergence between the first tokens here and at the neighbouring scales, 0..1. */
  agreement: number;
  /** The feature's activation on the leading definitions read as plain text, in the SAE's units. */
  readBack: number;
}

export type Criterion = keyof ScaleCriteria;

/** One scale of the grid. */
export interface ScalePoint extends ScaleCriteria {
  /** Distance of the ghost from the centroid, in the units of the embedding space. */
  scale: number;
  /** The same in units of the mean token distance. */
  relative: number;
  /** What the model says first, most probable first. */
  definitions: LeadingDefinition[];
}

export interface LeadingDefinition {
  text: string;
  /** Product of its tokens' probabilities. */
  probability: number;
  /** False when it was cut before the closing quote. */
  ended: boolean;
}

export interface ChosenScale {
  /** Index of the chosen point. */
  index: number;
  scale: number;
  relative: number;
  /** What chose it; "fallback" when no criterion could tell the scales apart. */
  criterion: Criterion | 'fallback';
}
