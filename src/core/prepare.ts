export type { CalibrationReport } from './features/calibrate/index.js';
export type { FeatureRecord } from './features/record/index.js';
export { type CalibrationSettings, calibrateModel } from './runtime/opened/calibrateModel.js';
export { type BaselineSettings, prepareBaseline } from './runtime/opened/prepareBaseline.js';
export { type RecordSettings, recordModel } from './runtime/opened/recordModel.js';
export type { PrepareControl, PrepareProgress } from './weights/derived/control.js';
export { type WrittenFiles, writtenFiles } from './weights/derived/writtenBy.js';
export { memoryNeeded } from './weights/memory.js';
export { prepareModel } from './weights/prepare.js';
