export { requestsWithin, type WorkLimits } from './runtime/process/requests.js';
