export { InferenceWatch } from './inferenceWatch.js';
export { createLog, type Log, type LogFields } from './log.js';
export { meteredCore, meteredJobs } from './meteredJobs.js';
export { Metrics, type MetricWords } from './metrics.js';
export { Readiness } from './readiness.js';
export { type OperationsServer, startOperations } from './server.js';
export { type Supervised, supervise } from './supervise.js';
