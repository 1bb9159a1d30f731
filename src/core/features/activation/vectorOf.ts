import type { FeatureSource, RunningModel } from '../../model/model.js';
import { InputError } from '../../report/errors.js';
import type { ParameterValues } from '../../report/parameters.js';
import { placeOf } from '../ghost/place.js';
import { encodeBatch, readableText, readBatches } from './activations.js';

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
  const peaks = (await peakStreams(model, source, feature, texts)).map(({ stream }) => stream);
  if (peaks.length === 0) return undefined;
  const { mean } = await placeOf(model, source, 'sae');
  return mean.map((value, i) => peaks.reduce((sum, peak) => sum + peak[i]!, 0) / peaks.length - value);
}

/**
 * The residual stream at the SAE's hook point where a feature fires most in each of some texts, BOS and
 * tokens of massive norm left out; texts in which it does not fire have none.
 */
export async function peakStreams(
  model: Pick<RunningModel, 'language' | 'tokenizer'>,
  source: FeatureSource,
  feature: number,
  texts: readonly string[],
): Promise<{ text: number; stream: Float32Array }[]> {
  const width = model.language.hiddenSize;
  const read = texts.map((text) => readableText(model, text));
  const peaks: { text: number; stream: Float32Array }[] = [];
  for await (const batch of readBatches(model, source, read)) {
    for await (const { text, activations } of encodeBatch(source, batch, 'silent')) {
      let peak = 0;
      let most = 0;
      // BOS, the first position, is of another size.
      for (let row = 1; row < read[text]!.length; row++) {
        const activation = activations[row * source.features + feature]!;
        if (activation > most) [peak, most] = [row, activation];
      }
      if (peak === 0) continue;
      const row = batch.starts[text - batch.first]! + peak;
      peaks.push({ text, stream: batch.residual.slice(row * width, (row + 1) * width) });
    }
  }
  return peaks;
}
