export { labelOf, type WordFrequencies } from './features/label/index.js';
export { SHOWN_EXAMPLES, ShippedFeatures } from './weights/sae/shipped.js';
