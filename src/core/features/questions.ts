import type { CompareReport } from '../report/compare.js';
import type { DreamReport } from '../report/dream.js';
import type { KindReport } from '../report/kind.js';
import type { SweepReport } from '../report/sweep.js';
import type { FeatureReport } from '../report.js';
import { type CompareRequest, explainCompare } from './compare.js';
import { type DreamProgress, type DreamRequest, explainDream } from './dream.js';
import { explainSweep, type SweepRequest } from './explainSweep.js';
import type { FeatureSource } from './feature.js';
import { explainFeature, type FeatureLimits, type FeatureRequest, type RunningModel } from './feature.js';
import type { FeatureMoments } from './featureMoments.js';
import { explainKind, type KindRequest } from './kind.js';
import type { TreeProgress } from './tree.js';

/**
 * Everything that the core can be asked: request and report of each kind of question, both plain data. A new kind is
 * a line here and one in `ANSWERS`.
 */
export interface Questions {
  compare: { request: CompareRequest; report: CompareReport };
  feature: { request: FeatureRequest; report: FeatureReport };
  kind: { request: KindRequest; report: KindReport };
  sweep: { request: SweepRequest; report: SweepReport };
  dream: { request: DreamRequest; report: DreamReport };
}

export type Kind = keyof Questions;
export type Request<K extends Kind = Kind> = Questions[K]['request'];
export type Report<K extends Kind = Kind> = Questions[K]['report'];

/** How far an answer is; where it has parts that are made one after the other, how far the named one is. */
export type AnswerProgress = AnswerStage & { part?: { number: number; of: number } };

export type AnswerStage =
  | { stage: 'loading' }
  /** Something is made ready for the first time; `share` of it is done. */
  | { stage: 'preparing'; share: number }
  /** Scales are compared; `share` of it is done. */
  | { stage: 'measuring'; share: number }
  /** Tokens are tried in contexts; `share` of it is done. */
  | { stage: 'ranking'; share: number }
  | ({ stage: 'dreaming' } & DreamProgress)
  | ({ stage: 'growing' } & TreeProgress);

/** What an answer may use besides the model. */
export interface AnswerContext {
  limits: FeatureLimits;
  /** When the work on the question began, as performance.now() tells it; loading the model is part of it. */
  started: number;
  /** Called after every step; throws when the question was taken back. */
  tell(progress: AnswerProgress): Promise<void>;
}

/** A model that is ready to answer, with its SAEs. */
export interface AnsweringModel extends RunningModel {
  /**
   * @param onStep awaited during longer work; throwing stops it
   * @throws {InputError} when the layer has no SAE, or its files are damaged or of another model
   */
  features(layer: number, onStep?: () => Promise<void>): Promise<FeatureSource>;
  /**
   * What is measured of all features of a layer's SAE; measured once and kept.
   *
   * @param onShare awaited with the share of the work that is done; throwing stops it
   */
  moments(layer: number, onShare: (share: number) => Promise<void>): Promise<FeatureMoments>;
}

type Answer<K extends Kind> = (
  model: AnsweringModel,
  request: Request<K>,
  context: AnswerContext,
) => Promise<Report<K>>;

/** How each kind of question is answered. */
export const ANSWERS: { [K in Kind]: Answer<K> } = {
  async compare(model, request, { limits, started, tell }) {
    const loading = () => tell({ stage: 'loading' });
    const [one, other] = request.sides;
    const sources = [
      await model.features(one.layer, loading),
      await model.features(other.layer, loading),
    ] as const;
    return explainCompare(model, sources, request, limits, performance.now() - started, tell);
  },

  async feature(model, request, { limits, started, tell }) {
    const features = await model.features(request.layer, () => tell({ stage: 'loading' }));
    const loaded = performance.now() - started;
    return explainFeature(model, features, request, limits, loaded, tell);
  },

  async kind(model, request, { started, tell }) {
    const features = await model.features(request.layer, () => tell({ stage: 'loading' }));
    const moments = await model.moments(request.layer, (share) => tell({ stage: 'preparing', share }));
    return explainKind(model, features, moments, request, performance.now() - started);
  },

  async sweep(model, request, { started, tell }) {
    const features = await model.features(request.layer, () => tell({ stage: 'loading' }));
    const loaded = performance.now() - started;
    return explainSweep(model, features, request, loaded, (share) => tell({ stage: 'measuring', share }));
  },

  async dream(model, request, { limits, started, tell }) {
    const features = await model.features(request.layer, () => tell({ stage: 'loading' }));
    const loaded = performance.now() - started;
    return explainDream(model, features, request, limits, loaded, (progress) =>
      tell({ stage: 'dreaming', ...progress }),
    );
  },
};
