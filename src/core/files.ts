export { labelOf } from './features/label/index.js';
export { SHOWN_EXAMPLES, ShippedFeatures } from './weights/sae/shipped.js';
