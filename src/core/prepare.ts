export { prepareModel } from './models/prepare.js';
export type { PrepareControl, PrepareProgress } from './models/prepareControl.js';
export { type BaselineSettings, prepareBaseline } from './runtime/prepareBaseline.js';
