/** What is told of a feature by rules from what was measured: label and verdict. Needs no model and no file. */
export { labelOf, type WordFrequencies } from './features/label/index.js';
export { isSameWord } from './features/label/words.js';
export { ALWAYS_ON, verdictOf } from './features/verdict/index.js';
