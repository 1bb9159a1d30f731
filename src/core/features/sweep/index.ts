import type { FeatureSource, RunningModel } from '../../model/model.js';
import { requireReadable, requireSameWidth } from '../../model/requirements.js';
import type { SweepParameters, SweepReport } from '../../report/sweep.js';
import { bestScale, SCALE_RULES } from './bestScale.js';
import { sweepScales } from './scales.js';

/** A question: at which scale a feature speaks best. */
export interface SweepRequest {
  model: string;
  layer: number;
  feature: number;
  parameters: SweepParameters;
}

/**
 * Answers where a feature speaks best.
 *
 * @param load milliseconds that loading the model took for this question
 * @param onStep awaited after every batch with the share that is done; throwing stops the work
 * @throws {InputError} when the question does not fit the model
 */
export async function answerSweep(
  model: RunningModel,
  source: FeatureSource,
  { layer, feature, parameters }: SweepRequest,
  load: number,
  onStep: (share: number) => Promise<void>,
): Promise<SweepReport> {
  const started = performance.now();
  requireSameWidth(source, model.language);
  requireReadable(model, parameters);
  const points = await sweepScales(model, source, feature, parameters, onStep);
  const { meanDistance } = await model.embeddings(source.centered);
  const sweep = performance.now() - started;
  const { release, hook, parity } = source;
  return {
    schema: 'ghosttree/sweep@1',
    model: { id: model.id, dtype: model.dtype },
    sae: { release, hook, layer, feature, parity },
    parameters,
    meanTokenDistance: meanDistance,
    points,
    chosen: bestScale(points, SCALE_RULES[parameters.weights]),
    timing: { load, sweep, total: load + sweep },
  };
}
