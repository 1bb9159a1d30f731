import type { LeadingDefinition } from '../report/sweep.js';
import type { FeatureSource, RunningModel } from './feature.js';
import { sequenceRows } from './sequence.js';

/** Most tokens of texts that are read in one batch. */
const ROWS = 512;

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
  const texts = new Set(lists.flatMap((list) => list.map(({ text }) => text)));
  const activations = await activationsOnTexts(model, source, feature, [...texts]);
  return lists.map((list) => {
    const total = list.reduce((sum, { probability }) => sum + probability, 0);
    const sum = list.reduce((part, { text, probability }) => part + probability * activations.get(text)!, 0);
    return total === 0 ? 0 : sum / total;
  });
}

/** The feature's largest activation on each text, BOS left out. */
async function activationsOnTexts(
  { language, tokenizer }: Pick<RunningModel, 'language' | 'tokenizer'>,
  source: FeatureSource,
  feature: number,
  texts: readonly string[],
): Promise<Map<string, number>> {
  const found = new Map<string, number>(texts.map((text) => [text, 0]));
  let batch: { text: string; ids: number[] }[] = [];
  let length = 0;
  const flush = async () => {
    let first = 0;
    const rows = batch.flatMap(({ ids }) => {
      const own = sequenceRows(ids, first);
      first += ids.length;
      return own;
    });
    const activations = await source.encode(
      await language.residual({ rows, ghosts: [] }, source.hook),
      rows.length,
    );
    let row = 0;
    for (const { text, ids } of batch) {
      let largest = 0;
      for (let position = 1; position < ids.length; position++)
        largest = Math.max(largest, activations[(row + position) * source.features + feature]!);
      found.set(text, largest);
      row += ids.length;
    }
    batch = [];
    length = 0;
  };
  for (const text of texts) {
    const ids = [tokenizer.bos, ...tokenizer.encode(text)].slice(0, language.contextLength);
    if (ids.length === 1) continue;
    if (length + ids.length > ROWS && batch.length > 0) await flush();
    batch.push({ text, ids });
    length += ids.length;
  }
  if (batch.length > 0) await flush();
  return found;
}
