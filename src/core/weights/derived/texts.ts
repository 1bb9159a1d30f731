import { join } from 'node:path';
import { OWN_TEXTS } from '../../features/activation/ownTexts.js';
import type { TensorToWrite } from '../files/safetensorsWriter.js';
import { keepPrepared, openPrepared, preparedFile } from './file.js';
import { readVector, vectorTensor } from './vectors.js';

/** The texts that ship with a model, below its folder. */
export const SHIPPED_TEXTS = join('texts', 'own.safetensors');

const NAME = 'own-texts';
/** Counts up when texts are written otherwise. */
const VERSION = 1;

/** Texts of a model, and the file that holds them where there is one. */
export interface KeptTexts {
  texts: number[][];
  file?: string;
}

/**
 * The model's own texts: those that ship with it, those of an earlier time, or written now and kept in
 * `<prepared>/own-texts.<digest>.safetensors`. Fewer than all of them serve for as long as nobody gives more time.
 *
 * @param files the model's
 * @param milliseconds the time that writing may take now
 */
export async function keptTexts(
  { folder, prepared, files }: { folder: string; prepared: string; files: readonly string[] },
  milliseconds: number,
  write: () => Promise<number[][]>,
): Promise<KeptTexts> {
  const own = await preparedFile(prepared, NAME, files);
  for (const file of [join(folder, SHIPPED_TEXTS), own]) {
    const texts = await readTexts(file, milliseconds);
    if (texts) return { texts, file };
  }
  const texts = await write();
  await keepPrepared(own, NAME, textTensors(texts, milliseconds));
  // Where nothing could be kept, what is derived from the texts cannot be either.
  return (await openPrepared(own)) ? { texts, file: own } : { texts };
}

/** Texts as tensors: all ids in a row, how many belong to each text, and the time that writing them was given. */
export function textTensors(texts: readonly (readonly number[])[], milliseconds: number): TensorToWrite[] {
  const lengths = texts.map(({ length }) => length);
  return [
    vectorTensor(`ids.${VERSION}`, texts.flat()),
    vectorTensor(`lengths.${VERSION}`, lengths),
    vectorTensor(`milliseconds.${VERSION}`, [milliseconds]),
  ];
}

async function readTexts(file: string, milliseconds: number): Promise<number[][] | undefined> {
  const kept = await openPrepared(file);
  const read = (name: string) => readVector(kept, `${name}.${VERSION}`);
  const [ids, lengths, given] = [await read('ids'), await read('lengths'), await read('milliseconds')];
  if (!ids || !lengths || !given) return undefined;
  if (lengths.length < OWN_TEXTS.count && given[0]! < milliseconds) return undefined;
  let end = 0;
  return Array.from(lengths, (length) => {
    end += length;
    return Array.from(ids.subarray(end - length, end));
  });
}
