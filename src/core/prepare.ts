export { type BaselineSettings, prepareBaseline } from './runtime/opened/prepareBaseline.js';
export type { PrepareControl, PrepareProgress } from './weights/derived/control.js';
export { prepareModel } from './weights/prepare.js';
