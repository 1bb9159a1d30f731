export { createLog, LOG_LEVELS, type Log, type LogFields, type LogSettings } from './log.js';
export { secretsOf } from './redactor.js';
