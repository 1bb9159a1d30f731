export { SHOWN_EXAMPLES, ShippedFeatures } from './weights/sae/shipped.js';
