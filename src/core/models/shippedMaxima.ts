import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Examples of what features fire on that ship with a model, beside its weights: one JSON object a line. */
const SHIPPED = 'features.jsonl.gz';

/**
 * The largest activation of each feature in the corpus, as far as the model's folder tells.
 *
 * @returns by feature; empty where nothing ships with the model
 */
export async function shippedMaxima(folder: string, hook: string): Promise<ReadonlyMap<number, number>> {
  let packed: Buffer;
  try {
    packed = await readFile(join(folder, SHIPPED));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  const text = (await promisify(gunzip)(packed)).toString('utf8');
  const maxima = new Map<number, number>();
  // Each line ends in many examples, which need not be read for a number at its beginning.
  const beginning = /^\{"hook":"([^"]+)","feature":(\d+),"density":[^,]+,"max":([^,]+),/gm;
  for (const [, place, feature, max] of text.matchAll(beginning))
    if (place === hook) maxima.set(Number(feature), Number(max));
  return maxima;
}
