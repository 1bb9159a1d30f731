/**
 * The core's public interface. Nearly everything imports it for errors and types, so it loads nothing heavy: what needs
 * models, files or schemas is in `requests.ts`, `files.ts` and `prepare.ts`, or loaded by the first question.
 */
import { once } from '../async/promiseMemo.js';
import type { QuestionKind, Report, Request } from './features/questions.js';
import type { FeatureLimits } from './model/model.js';
import type { InferenceEvent } from './runtime/process/events.js';
import type { HostSettings, JobControl } from './runtime/process/host.js';
import type { RuntimeSettings } from './runtime/process/messages.js';
import type { ModelSource } from './weights/files/source.js';

export type { ActivateRequest } from './features/activate/index.js';
export type { StrongestRequest } from './features/activate/strongest.js';
export type { CompareRequest } from './features/compare/index.js';
export type { DreamProgress, DreamRequest } from './features/dream/index.js';
export type { FeatureRequest, SaidSoFar } from './features/feature/index.js';
export type { KindRequest } from './features/kind/index.js';
export type { KindsRequest } from './features/kind/kinds.js';
export type { SurveyRequest } from './features/kind/survey.js';
export type { NearRequest } from './features/near/index.js';
export type {
  AnswerProgress,
  AnswerStage,
  QuestionKind,
  Questions,
  Report,
  Request,
} from './features/questions.js';
export type { SweepRequest } from './features/sweep/index.js';
export { uniformNumbers } from './maths/random.js';
export type { FeatureLimits } from './model/model.js';
export type { Preparing } from './model/preparing.js';
export { requireOneStrength } from './model/requirements.js';
export * from './report/activate.js';
export type * from './report/compare.js';
export type * from './report/dream.js';
export * from './report/errors.js';
export type * from './report/evidence.js';
export type * from './report/feature.js';
export type * from './report/kind.js';
export type * from './report/kinds.js';
export type * from './report/near.js';
export * from './report/parameters.js';
export type * from './report/parity.js';
export * from './report/rules.js';
export type * from './report/survey.js';
export type * from './report/sweep.js';
export type * from './report/verdict.js';
export type { InferenceEvent } from './runtime/process/events.js';
export type { JobControl } from './runtime/process/host.js';
export { DEVICES } from './runtime/session/devices.js';
export type * from './weights/files/source.js';
export { isRounded, WEIGHT_TYPES } from './weights/files/source.js';

export interface CoreSettings extends FeatureLimits, HostSettings, RuntimeSettings {}

/** The inference core: questions in, reports out. It knows no chat and no picture. */
export interface Core {
  /**
   * @throws {InputError} what the person who asked can mend
   * @throws {CancelledError} when the signal was raised
   * @throws {EngineError} when the inference process died or hung
   */
  ask<K extends QuestionKind>(
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
 * @param watch called with what happens to the inference process; without it that process writes to our standard error
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
  const inference = once(async () => {
    const { InferenceHost } = await import('./runtime/process/host.js');
    return new InferenceHost(settings, undefined, watch);
  });
  return {
    ask: async (kind, request, source, control) =>
      (await inference()).run(
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
    close: async () => (await inference()).close(),
  };
}
