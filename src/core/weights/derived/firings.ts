import type { Firings } from '../../model/model.js';
import { keepPrepared, openPrepared, preparedFile } from './file.js';
import type { KeptTexts } from './texts.js';
import { readVector, vectorTensor } from './vectors.js';

/** Counts up when firings are collected otherwise. */
const VERSION = 1;
const TABLES = ['text', 'position', 'activation'] as const;

/** The SAE whose firings are collected, and with what. */
export interface FiringSae {
  hook: string;
  /** Weight type of the model: quantised weights fire a little differently. */
  dtype: string;
  /** Folder for what is derived from the model's files. */
  prepared: string;
  /** The model's files and the SAE's. */
  files: readonly string[];
}

/**
 * Where the features of an SAE fire in the model's own texts, from `<prepared>/<hook>.firings.<digest>.safetensors` or
 * collected and kept there.
 *
 * @param milliseconds the time that reading the texts may take now
 */
export async function keptFirings(
  { hook, dtype, prepared, files }: FiringSae,
  { texts, file: textFile }: KeptTexts,
  milliseconds: number,
  collect: () => Promise<Firings>,
): Promise<Firings> {
  if (!textFile) return collect();
  const name = dtype === 'float32' ? `${hook}.firings` : `${hook}.firings.${dtype}`;
  const file = await preparedFile(prepared, name, [...files, textFile]);
  const kept = await openPrepared(file);
  const read = (table: string) => readVector(kept, `${table}.${VERSION}`);
  const [count, given] = [await read('texts'), await read('milliseconds')];
  const [text, position, activation] = [await read('text'), await read('position'), await read('activation')];
  if (count && given && text && position && activation) {
    if (count[0] === texts.length || given[0]! >= milliseconds)
      return {
        texts: texts.slice(0, count[0]),
        text: Int32Array.from(text),
        position: Int32Array.from(position),
        activation,
      };
  }
  const firings = await collect();
  await keepPrepared(file, name, [
    vectorTensor(`texts.${VERSION}`, [firings.texts.length]),
    vectorTensor(`milliseconds.${VERSION}`, [milliseconds]),
    ...TABLES.map((table) => vectorTensor(`${table}.${VERSION}`, firings[table])),
  ]);
  return firings;
}
