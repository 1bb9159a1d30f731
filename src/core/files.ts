export { memoryNeeded } from './weights/memory.js';
export { SHOWN_EXAMPLES, ShippedFeatures } from './weights/sae/shipped.js';
