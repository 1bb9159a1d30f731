import type { FeatureRequest } from '../src/core/index.js';

export interface BenchQuestion {
  model: string;
  layer: number;
  feature: number;
  cutoff: number;
  nodes: number;
}

/** A question with the defaults of `/feature` but for what decides how long it takes. */
export function question({ model, layer, feature, cutoff, nodes }: BenchQuestion): FeatureRequest {
  return {
    model,
    layer,
    feature,
    parameters: {
      weights: 'encoder',
      scale: 'auto',
      centroid: true,
      pca: 0,
      m: 1.4,
      top: 5,
      cutoff,
      trim: 1e-4,
      depth: 25,
      nodes,
      tokens: 100,
      prompt: 'A typical definition of "{ghost}" would be "',
      close: true,
      prune: 'off',
      theme: 'dark',
    },
  };
}
