import type { FeatureSource, RunningModel } from '../../model/model.js';
import { InputError } from '../../report/errors.js';
import type { ParameterValues } from '../../report/parameters.js';
import { placeOf } from '../ghost/place.js';
import { sequenceRows } from '../ghost/sequence.js';
import { readableText } from './activations.js';

type SpeakingModel = Pick<RunningModel, 'language'> & Parameters<typeof placeOf>[0];

/**
 * The vector by which a feature is asked [hiddenSize].
 *
 * @param weights `firing`: not a vector of the SAE, but what the model holds where the feature fires
 * @throws {InputError} for `firing` where no examples are known in which it fires
 */
export async function vectorOf(
  model: SpeakingModel,
  source: FeatureSource,
  feature: number,
  weights: ParameterValues['weights'],
): Promise<Float32Array> {
  if (weights !== 'firing') return source.vector(feature, weights);
  const vector = await firingVector(model, source, feature, await source.knownExamples(feature));
  if (vector) return vector;
  throw new InputError(
    'weights=firing needs texts in which the feature fires, and none are known: ask for its encoder or decoder.',
  );
}

/**
 * The mean residual stream at the SAE's hook point where a feature fires most in each of some texts, less the mean of
 * that place.
 *
 * @returns undefined where it fires in none of them
 */
export async function firingVector(
  model: SpeakingModel,
  source: FeatureSource,
  feature: number,
  texts: readonly string[],
): Promise<Float32Array | undefined> {
  const { language } = model;
  const width = language.hiddenSize;
  const peaks: Float32Array[] = [];
  for (const text of texts) {
    const rows = sequenceRows(readableText(model, text));
    const stream = await language.residual({ rows, ghosts: [] }, source.hook);
    const activations = await source.encode(stream, rows.length);
    let peak = 0;
    let most = 0;
    // BOS, the first position, is of another size.
    for (let row = 1; row < rows.length; row++) {
      const activation = activations[row * source.features + feature]!;
      if (activation > most) [peak, most] = [row, activation];
    }
    if (peak > 0) peaks.push(stream.slice(peak * width, (peak + 1) * width));
  }
  if (peaks.length === 0) return undefined;
  const { mean } = await placeOf(model, source, 'sae');
  return mean.map((value, i) => peaks.reduce((sum, peak) => sum + peak[i]!, 0) / peaks.length - value);
}
