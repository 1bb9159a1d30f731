import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { KindParameters } from '../../report/kind.js';
import type { SurveyReport } from '../../report/survey.js';
import { cosine } from '../compare/index.js';
import { classOf } from './class.js';
import { measuresOf } from './quick.js';
import type { FeatureStatistics } from './statistics.js';

/** A question: the statistics of all features of a layer, and how near each is to some of them. */
export interface SurveyRequest {
  model: string;
  layer: number;
  /** Features of the layer that the others are compared with. */
  against: number[];
  parameters: KindParameters;
}

/** Vectors in memory at once. */
const FEATURES_AT_A_TIME = 256;

/**
 * The statistics of a layer's features, with the cosine of each decoder vector to the nearest of some others.
 *
 * @param all what was measured of all its features
 * @param load milliseconds that loading, and measuring the SAE, took for this question
 * @param onShare awaited after every batch with the share of the vectors that was compared; throwing stops it
 */
export async function surveyFeatures(
  model: Pick<RunningModel, 'id' | 'dtype'>,
  source: FeatureSource,
  all: FeatureStatistics,
  { layer, against, parameters }: SurveyRequest,
  load: number,
  onShare: (share: number) => void | Promise<void>,
): Promise<SurveyReport> {
  const started = performance.now();
  const { release, hook, features, parity } = source;
  const nearest = await nearestOf(source, against, onShare);
  const survey = performance.now() - started;
  return {
    schema: 'ghosttree/survey@1',
    model: { id: model.id, dtype: model.dtype },
    sae: { release, hook, layer, features, parity },
    parameters,
    texts: all.tokens.texts,
    active: [...all.tokens.active],
    share: Array.from(all.tokens.share, (share) => (Number.isNaN(share) ? null : rounded(share))),
    class: Array.from({ length: features }, (_, feature) => classOf(measuresOf(all.moments, feature))),
    nearest,
    timing: { load, survey, total: load + survey },
  };
}

async function nearestOf(
  source: Pick<FeatureSource, 'features' | 'inputSize' | 'vector' | 'vectors'>,
  against: readonly number[],
  onShare: (share: number) => void | Promise<void>,
): Promise<number[]> {
  const { features, inputSize } = source;
  const nearest = new Array<number>(features).fill(-1);
  const others: Float32Array[] = [];
  for (const feature of against) others.push(await source.vector(feature, 'decoder'));
  if (others.length === 0) return nearest;
  for (let first = 0; first < features; first += FEATURES_AT_A_TIME) {
    const count = Math.min(FEATURES_AT_A_TIME, features - first);
    const vectors = await source.vectors(first, count, 'decoder'); // [count, inputSize]
    for (let row = 0; row < count; row++) {
      const vector = vectors.subarray(row * inputSize, (row + 1) * inputSize);
      nearest[first + row] = rounded(Math.max(...others.map((other) => cosine(vector, other))));
    }
    await onShare((first + count) / features);
  }
  return nearest;
}

/** Four digits tell features apart, and make a report of tens of thousands a third as long. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
