import { within } from '../async/within.js';
import type { CatalogueModel } from '../configuration/index.js';
import type { EvidenceExample, FeatureEvidence, FeatureLabel } from '../core/index.js';
import { Neuronpedia, type NeuronpediaSettings } from './neuronpedia.js';
import { ShippedExamples } from './shipped.js';

/** Published facts about features. */
export interface Evidence {
  /**
   * Never throws, because an answer does without evidence.
   *
   * @returns undefined where there is none, or where a site does not give it in time
   */
  of(model: CatalogueModel, layer: number, feature: number): Promise<FeatureEvidence | undefined>;
  /** Only what comes with the model: for lists, since no site is asked about many features at once. Never throws. */
  shipped(model: CatalogueModel, layer: number, feature: number): Promise<FeatureEvidence | undefined>;
  /**
   * The label that some of a feature's examples give, so that the others can test what is made of it. Never throws.
   *
   * @returns undefined where no examples come with the model, or these tell nothing
   */
  labelFrom(
    model: CatalogueModel,
    layer: number,
    examples: readonly EvidenceExample[],
  ): Promise<FeatureLabel | undefined>;
}

/** No answer waits longer for a site. */
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
  const shippedOf: Evidence['shipped'] = (model, layer, feature) =>
    shipped.of(model, layer, feature).catch(() => undefined);
  return {
    shipped: shippedOf,
    labelFrom: (model, layer, examples) => shipped.labelFrom(model, layer, examples).catch(() => undefined),
    async of(model, layer, feature) {
      const shippedEvidence = await shippedOf(model, layer, feature);
      const name = model.neuronpedia[layer];
      if (shippedEvidence || name === undefined || !site) return shippedEvidence;
      return within(limitMilliseconds, site.of(name, feature), () => undefined);
    },
  };
}
