import { within } from '../async/within.js';
import type { CatalogueModel } from '../configuration/index.js';
import type { FeatureEvidence } from '../core/index.js';
import { Neuronpedia, type NeuronpediaSettings } from './neuronpedia.js';
import { ShippedExamples } from './shipped.js';

/** Published facts about features. */
export interface Evidence {
  /**
   * Never throws, and takes no longer than its limit, because an answer does without evidence.
   *
   * @returns undefined where there is none in time
   */
  of(model: CatalogueModel, layer: number, feature: number): Promise<FeatureEvidence | undefined>;
}

/** No answer waits longer for evidence. */
const LIMIT_MILLISECONDS = 2_000;

/**
 * Evidence from files beside the models, else from Neuronpedia where it has the model.
 *
 * @param neuronpedia undefined to ask no site
 */
export function createEvidence(
  neuronpedia: Omit<NeuronpediaSettings, 'limitMilliseconds'> | undefined,
  limitMilliseconds = LIMIT_MILLISECONDS,
): Evidence {
  const shipped = new ShippedExamples();
  const site = neuronpedia && new Neuronpedia({ ...neuronpedia, limitMilliseconds });
  const find = async (model: CatalogueModel, layer: number, feature: number) => {
    const shippedEvidence = await shipped.of(model, layer, feature).catch(() => undefined);
    const name = model.neuronpedia[layer];
    return shippedEvidence ?? (name === undefined ? undefined : site?.of(name, feature));
  };
  return {
    of: (model, layer, feature) => within(limitMilliseconds, find(model, layer, feature), () => undefined),
  };
}
