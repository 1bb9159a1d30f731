import type { FeatureLimits, FeatureProgress, FeatureRequest } from '../features/feature.js';
import type { ModelSource } from '../models/source.js';
import type { FeatureReport } from '../report.js';

/** One unit of work for the inference process. */
export interface Job {
  request: FeatureRequest;
  source: ModelSource;
  limits: FeatureLimits;
  /** Threads for a model that has to be loaded. */
  threads: number;
}

/** From the main process to the inference process. */
export type Command = { type: 'run'; job: Job } | { type: 'cancel' } | { type: 'stop' };

/** From the inference process to the main process. */
export type Message =
  | { type: 'progress'; progress: FeatureProgress }
  | { type: 'done'; report: FeatureReport }
  | { type: 'failed'; kind: 'input' | 'cancelled' | 'fault'; message: string };
