import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { LeadingDefinition } from '../../report/sweep.js';
import { activationsOn, readableText } from './activations.js';

/**
 * How active a feature is on texts that are read as they stand: BOS and the text go through the model, and the largest
 * activation at any token of the text counts, but for those of massive norm.
 *
 * @returns one number for each text, in the SAE's units
 */
export async function largestActivations(
  model: Pick<RunningModel, 'language' | 'tokenizer'>,
  source: FeatureSource,
  feature: number,
  texts: readonly string[],
): Promise<number[]> {
  const ids = texts.map((text) => readableText(model, text));
  const activations = await activationsOn(model, source, feature, ids, 'silent');
  return activations.map((ofText) => Math.max(0, ...ofText.subarray(1)));
}

/**
 * How much a feature is active on definitions: the mean of their largest activations, weighed by probability.
 *
 * @returns one number for each list, in the SAE's units; 0 for a list without text
 */
export async function readBack(
  model: Pick<RunningModel, 'language' | 'tokenizer'>,
  source: FeatureSource,
  feature: number,
  lists: readonly (readonly LeadingDefinition[])[],
): Promise<number[]> {
  const texts = [...new Set(lists.flatMap((list) => list.map(({ text }) => text)))];
  const activations = await largestActivations(model, source, feature, texts);
  const largest = new Map(texts.map((text, i) => [text, activations[i]!]));
  return lists.map((list) => {
    const total = list.reduce((sum, { probability }) => sum + probability, 0);
    const sum = list.reduce((part, { text, probability }) => part + probability * largest.get(text)!, 0);
    return total === 0 ? 0 : sum / total;
  });
}
