import type { FeatureLimits, FeatureSource, RunningModel } from '../model/model.js';
import type { Preparing } from '../model/preparing.js';
import type { ActivateReport, StrongestReport } from '../report/activate.js';
import type { CompareReport } from '../report/compare.js';
import type { DreamReport } from '../report/dream.js';
import type { FeatureReport } from '../report/feature.js';
import type { KindReport } from '../report/kind.js';
import type { KindsReport } from '../report/kinds.js';
import type { NearReport } from '../report/near.js';
import type { SurveyReport } from '../report/survey.js';
import type { SweepReport } from '../report/sweep.js';
import { type ActivateRequest, answerActivate } from './activate/index.js';
import { answerStrongest, type StrongestRequest } from './activate/strongest.js';
import { answerCompare, type CompareRequest } from './compare/index.js';
import { answerDream, type DreamProgress, type DreamRequest } from './dream/index.js';
import { answerFeature, type FeatureRequest, type SaidSoFar } from './feature/index.js';
import { answerKind, type KindRequest } from './kind/index.js';
import { answerKinds, type KindsRequest } from './kind/kinds.js';
import { featureKind } from './kind/quick.js';
import type { FeatureStatistics } from './kind/statistics.js';
import { type SurveyRequest, surveyFeatures } from './kind/survey.js';
import { answerNear, type NearRequest } from './near/index.js';
import { answerSweep, type SweepRequest } from './sweep/index.js';
import type { TreeProgress } from './tree/tree.js';

/**
 * Everything that the core can be asked: request and report of each kind of question, both plain data. A new kind is
 * a line here and one in `ANSWERS`.
 */
export interface Questions {
  compare: { request: CompareRequest; report: CompareReport };
  feature: { request: FeatureRequest; report: FeatureReport };
  kind: { request: KindRequest; report: KindReport };
  kinds: { request: KindsRequest; report: KindsReport };
  near: { request: NearRequest; report: NearReport };
  survey: { request: SurveyRequest; report: SurveyReport };
  sweep: { request: SweepRequest; report: SweepReport };
  activate: { request: ActivateRequest; report: ActivateReport };
  strongest: { request: StrongestRequest; report: StrongestReport };
  dream: { request: DreamRequest; report: DreamReport };
}

export type QuestionKind = keyof Questions;
export type Request<K extends QuestionKind = QuestionKind> = Questions[K]['request'];
export type Report<K extends QuestionKind = QuestionKind> = Questions[K]['report'];

/** How far an answer is; where it has parts that are made one after the other, how far the named one is. */
export type AnswerProgress = AnswerStage & { part?: { number: number; of: number } };

export type AnswerStage =
  | { stage: 'loading' }
  | Preparing
  /** Scales are compared; `share` of it is done. */
  | { stage: 'measuring'; share: number }
  /** What a feature's answer says is known, and its tree is still to grow. */
  | ({ stage: 'said' } & SaidSoFar)
  /** Tokens are tried in contexts; `share` of it is done. */
  | { stage: 'ranking'; share: number }
  /** Texts go through the model; `share` of them is done. */
  | { stage: 'reading'; share: number }
  | ({ stage: 'dreaming' } & DreamProgress)
  | ({ stage: 'growing' } & TreeProgress);

/** What an answer may use besides the model. */
export interface AnswerContext {
  limits: FeatureLimits;
  /** When the work on the question began, by performance.now(); loading the model is part of it. */
  started: number;
  /** Reports progress; called after every step. @throws {CancelledError} when the question was cancelled */
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
  statistics(
    layer: number,
    limits: Pick<FeatureLimits, 'textMilliseconds'>,
    onShare: (share: number) => Promise<void>,
  ): Promise<FeatureStatistics>;
  /** The same from memory or a file; undefined where it would have to be measured. */
  knownStatistics(layer: number): Promise<FeatureStatistics | undefined>;
}

type Answer<K extends QuestionKind> = (
  model: AnsweringModel,
  request: Request<K>,
  context: AnswerContext,
) => Promise<Report<K>>;

/** How each kind of question is answered. */
export const ANSWERS: { [K in QuestionKind]: Answer<K> } = {
  async compare(model, request, { limits, started, tell }) {
    const loading = () => tell({ stage: 'loading' });
    const [first, second] = request.sides;
    const sources = [
      await model.features(first.layer, loading),
      await model.features(second.layer, loading),
    ] as const;
    return answerCompare(model, sources, request, limits, performance.now() - started, tell);
  },

  async feature(model, request, { limits, started, tell }) {
    const features = await model.features(request.layer, () => tell({ stage: 'loading' }));
    const loaded = performance.now() - started;
    const report = await answerFeature(model, features, request, limits, loaded, tell);
    // Measuring takes longer than the answer: only `/kind`, which is about nothing else, does it.
    const statistics = await model.knownStatistics(request.layer);
    return statistics
      ? { ...report, kind: featureKind(statistics, request.feature, model.tokenizer) }
      : report;
  },

  async kind(model, request, context) {
    const { features, statistics } = await measured(model, request.layer, context);
    return answerKind(model, features, statistics, request, performance.now() - context.started);
  },

  async kinds(model, request, context) {
    const { features, statistics } = await measured(model, request.layer, context);
    return answerKinds(model, features, statistics, request, performance.now() - context.started);
  },

  async near(model, request, { started, tell }) {
    const open = (layer: number) => model.features(layer, () => tell({ stage: 'loading' }));
    return answerNear(model, open, request, performance.now() - started, (share) =>
      tell({ stage: 'measuring', share }),
    );
  },

  async survey(model, request, context) {
    const { features, statistics } = await measured(model, request.layer, context);
    const load = performance.now() - context.started;
    return surveyFeatures(model, features, statistics, request, load, (share) =>
      context.tell({ stage: 'measuring', share }),
    );
  },

  async sweep(model, request, { started, tell }) {
    const features = await model.features(request.layer, () => tell({ stage: 'loading' }));
    const loaded = performance.now() - started;
    return answerSweep(model, features, request, loaded, (share) => tell({ stage: 'measuring', share }));
  },

  async activate(model, request, { started, tell }) {
    const features = await model.features(request.layer, () => tell({ stage: 'loading' }));
    const loaded = performance.now() - started;
    return answerActivate(model, features, request, loaded, (share) => tell({ stage: 'reading', share }));
  },

  async strongest(model, request, { started, tell }) {
    const open = (layer: number) => model.features(layer, () => tell({ stage: 'loading' }));
    const { length } = request.layers;
    return answerStrongest(model, open, request, performance.now() - started, (share, index) =>
      tell({ stage: 'reading', share, ...(length > 1 && { part: { number: index + 1, of: length } }) }),
    );
  },

  async dream(model, request, { limits, started, tell }) {
    const features = await model.features(request.layer, () => tell({ stage: 'loading' }));
    const loaded = performance.now() - started;
    return answerDream(model, features, request, limits, loaded, (progress) =>
      tell({ stage: 'dreaming', ...progress }),
    );
  },
};

/** An SAE with what is measured of all its features. */
async function measured(model: AnsweringModel, layer: number, { limits, tell }: AnswerContext) {
  const features = await model.features(layer, () => tell({ stage: 'loading' }));
  const statistics = await model.statistics(layer, limits, (share) =>
    tell({ stage: 'preparing', what: 'statistics', layer, share }),
  );
  return { features, statistics };
}
