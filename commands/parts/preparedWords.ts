import type { Preparing } from '../../src/core/index.js';

/** What is prepared and how often, so that nobody wonders why it happens again for another layer. */
export function preparedWords({ what, layer }: Pick<Preparing, 'what' | 'layer'>): string {
  if (what === 'weights') return 'converting the weights (once per model)';
  if (what === 'baseline') return 'measuring the baseline of all ghosts (once per prompt)';
  const sae = `${layer === undefined ? "the layer's" : `layer ${layer}'s`} SAE (once per layer)`;
  return what === 'firings' ? `reading texts for ${sae}` : `measuring ${sae}`;
}
