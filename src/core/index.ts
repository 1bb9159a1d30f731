import type { FeatureLimits } from './features/model.js';
import type { Kind, Report, Request } from './features/questions.js';
import type { ModelSource } from './models/source.js';
import type { InferenceEvent } from './runtime/inferenceEvents.js';
import { type HostSettings, InferenceHost, type JobControl } from './runtime/inferenceHost.js';
import type { RuntimeSettings } from './runtime/messages.js';

export * from './errors.js';
export { type ActivateRequest, MOST_TEXTS, type StrongestRequest } from './features/activate.js';
export type { CompareRequest } from './features/compare.js';
export type { DreamProgress, DreamRequest } from './features/dream.js';
export type { SweepRequest } from './features/explainSweep.js';
export type { FeatureRequest } from './features/feature.js';
export { requireOneStrength } from './features/holding.js';
export type { KindRequest } from './features/kind.js';
export type { KindsRequest } from './features/kinds.js';
export type { FeatureLimits } from './features/model.js';
export type { AnswerProgress, AnswerStage, Kind, Questions, Report, Request } from './features/questions.js';
export { uniformNumbers } from './features/random.js';
export type { SurveyRequest } from './features/survey.js';
export { memoryNeeded } from './models/memory.js';
export { SHOWN_EXAMPLES, ShippedFeatures } from './models/shippedFeatures.js';
export type * from './models/source.js';
export { WEIGHT_TYPES } from './models/source.js';
export type * from './report/activate.js';
export type * from './report/compare.js';
export type * from './report/dream.js';
export type * from './report/evidence.js';
export type * from './report/kind.js';
export type * from './report/kinds.js';
export type * from './report/parameters.js';
export type * from './report/parity.js';
export type * from './report/survey.js';
export type * from './report/sweep.js';
export type * from './report.js';
export { DEVICES } from './runtime/devices.js';
export type { InferenceEvent } from './runtime/inferenceEvents.js';
export type { JobControl } from './runtime/inferenceHost.js';

export interface CoreSettings extends FeatureLimits, HostSettings, RuntimeSettings {}

/** The inference core: questions in, reports out. It knows no chat and no picture. */
export interface Core {
  /**
   * @throws {InputError} what the person who asked can mend
   * @throws {CancelledError} when the signal was raised
   * @throws {EngineError} when the inference process died or hung
   */
  ask<K extends Kind>(
    kind: K,
    request: Request<K>,
    source: ModelSource,
    control?: JobControl,
  ): Promise<Report<K>>;
  /** Ends running work and the inference process. */
  close(): Promise<void>;
}

/**
 * Starts nothing until the first question.
 *
 * @param watch told what happens to the inference process; without it that process writes to our standard error
 */
export function createCore(settings: CoreSettings, watch?: (event: InferenceEvent) => void): Core {
  const {
    batch,
    treeMilliseconds,
    textMilliseconds,
    listMilliseconds,
    dreamMilliseconds,
    threads,
    device,
    memoryBytes,
  } = settings;
  const inference = new InferenceHost(settings, undefined, watch);
  return {
    ask: (kind, request, source, control) =>
      inference.run(
        {
          id: control?.id,
          kind,
          request,
          source,
          limits: { batch, treeMilliseconds, textMilliseconds, listMilliseconds, dreamMilliseconds },
          settings: { threads, device, memoryBytes },
        },
        control,
      ),
    close: () => inference.close(),
  };
}
