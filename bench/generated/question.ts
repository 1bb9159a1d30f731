import { readConfiguration } from '../../src/configuration/index.js';
import type { FeatureRequest } from '../../src/core/index.js';

export interface BenchQuestion {
  model: string;
  layer: number;
  feature: number;
  cutoff: number;
  nodes: number;
}

const { settings } = readConfiguration();

/**
 * A question with the defaults of `/feature` but for what decides how long it takes. Random weights say the same of
 * every ghost, so that pruning would leave nothing.
 */
export function question({ model, layer, feature, cutoff, nodes }: BenchQuestion): FeatureRequest {
  return { model, layer, feature, parameters: { ...settings.defaults, prune: 'off', cutoff, nodes } };
}
