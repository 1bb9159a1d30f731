export type { Drawn } from './drawings.js';
export {
  type AskControl,
  type Asker,
  type JobLimits,
  type JobProgress,
  type Jobs,
  PRIORITIES,
  type Priority,
} from './jobs.js';
