import type { CatalogueModel } from '../config.js';
import type { FeatureEvidence } from '../core/index.js';
import { ShippedExamples } from './shipped.js';

/** What is known of features besides their weights. */
export interface Evidence {
  /**
   * Never throws, and takes no longer than its limit: without evidence an answer is what it was.
   *
   * @returns undefined where nothing is known
   */
  of(model: CatalogueModel, layer: number, feature: number): Promise<FeatureEvidence | undefined>;
}

/** Evidence from files beside the models. */
export function createEvidence(): Evidence {
  const shipped = new ShippedExamples();
  return { of: (model, layer, feature) => shipped.of(model, layer, feature) };
}
