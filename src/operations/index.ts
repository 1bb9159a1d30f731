export { InferenceWatch } from './inferenceWatch.js';
export { createLog, LOG_LEVELS, type Log, type LogFields, type LogSettings } from './log.js';
export { meteredCore, meteredJobs } from './meteredJobs.js';
export { Metrics, type MetricWords } from './metrics.js';
export { Readiness } from './readiness.js';
export { secretsOf } from './redactor.js';
export { type OperationsPlace, type OperationsServer, startOperations } from './server.js';
export { type Supervised, supervise } from './supervise.js';
