export { openRedis } from './redis.js';
export { SharedJobs, type SharedQueueOptions } from './sharedJobs.js';
export { type SharedTiming, TIMING } from './timing.js';
export { Workers, type WorkersOptions } from './workers.js';
