import type { FeatureSource } from '../../model/model.js';
import { requireSameWidth } from '../../model/requirements.js';
import type { ActivatedText, ActivateParameters, ActivateReport, Peak } from '../../report/activate.js';
import { InputError } from '../../report/errors.js';
import { encodeTexts } from '../activation/activations.js';
import { along, type OnShare, type ReadingModel, readTexts } from './texts.js';

/** How active is a feature on texts? */
export interface ActivateRequest {
  model: string;
  layer: number;
  feature: number;
  texts: string[];
  parameters: ActivateParameters;
}

/**
 * How active one feature is on every token of some texts, which go through the model together and do not see each
 * other.
 *
 * @param load milliseconds that loading the model took for this question
 * @param onShare awaited after every text; throwing stops the work
 * @throws {InputError} when the question does not fit the model, or there is no text
 */
export async function answerActivate(
  model: ReadingModel,
  source: FeatureSource,
  { layer, feature, texts, parameters }: ActivateRequest,
  load: number,
  onShare: OnShare = async () => {},
): Promise<ActivateReport> {
  const started = performance.now();
  requireSameWidth(source, model.language);
  requireFeature(source, feature);
  const { ids, tokenised, first } = readTexts(model, texts, parameters);
  const activated: ActivatedText[] = [];
  for await (const { text, activations: all } of encodeTexts(model, source, ids)) {
    const activations = along(feature, all, ids[text]!.length, source.features, first);
    activated.push({ ...tokenised[text]!, activations, peak: peakOf(activations) });
    await onShare(activated.length / ids.length);
  }
  const encode = performance.now() - started;
  const { release, hook, parity } = source;
  return {
    schema: 'ghosttree/activate@1',
    model: { id: model.id, dtype: model.dtype },
    sae: { release, hook, layer, feature, parity },
    parameters,
    texts: activated,
    max: Math.max(0, ...activated.map(({ peak }) => peak?.activation ?? 0)),
    timing: { load, encode, total: load + encode },
  };
}

/** @throws {InputError} when there is no such feature */
function requireFeature({ hook, features }: FeatureSource, feature: number): void {
  if (Number.isInteger(feature) && feature >= 0 && feature < features) return;
  throw new InputError(`Feature ${feature} does not exist: ${hook} has features 0 to ${features - 1}.`);
}

/** The first of the largest activations, null where all are 0. */
function peakOf(activations: readonly number[]): Peak | null {
  let peak: Peak | null = null;
  activations.forEach((activation, position) => {
    if (activation > (peak?.activation ?? 0)) peak = { position, activation };
  });
  return peak;
}
