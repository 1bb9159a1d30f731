import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { LeadingDefinition } from '../../report/sweep.js';
import { activationsOn, readableText } from './activations.js';

/**
 * How much a feature is active on definitions that are read as plain text: for each, BOS and the text go through the
 * model, and the largest activation at any token of the text counts; the mean over a list is weighed by probability.
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
  const ids = texts.map((text) => readableText(model, text));
  const activations = await activationsOn(model, source, feature, ids);
  const largest = new Map(texts.map((text, i) => [text, Math.max(0, ...activations[i]!.subarray(1))]));
  return lists.map((list) => {
    const total = list.reduce((sum, { probability }) => sum + probability, 0);
    const sum = list.reduce((part, { text, probability }) => part + probability * largest.get(text)!, 0);
    return total === 0 ? 0 : sum / total;
  });
}
