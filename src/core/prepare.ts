export { type BaselineSettings, prepareBaseline } from './runtime/opened/prepareBaseline.js';
export type { PrepareControl, PrepareProgress } from './weights/derived/control.js';
export { memoryNeeded } from './weights/memory.js';
export { prepareModel } from './weights/prepare.js';
