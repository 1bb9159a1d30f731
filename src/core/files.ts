export { FeatureRecords } from './weights/sae/records.js';
export { SHOWN_EXAMPLES, ShippedFeatures } from './weights/sae/shipped.js';
