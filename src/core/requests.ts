export { parameterSchema } from './report/parameterSchemas.js';
export { requestsWithin } from './runtime/process/requests.js';
