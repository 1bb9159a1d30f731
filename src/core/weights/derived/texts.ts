import { join } from 'node:path';
import { OWN_TEXTS } from '../../features/activation/ownTexts.js';
import type { Derivation } from './derivedFile.js';
import { type Format, readVectors, vector } from './format.js';

/** The texts that ship with a model, below its folder. */
export const SHIPPED_TEXTS = join('texts', 'own.safetensors');

/** Raised when texts are sampled, or stored, in another way. */
const VERSION = 2;

/**
 * Texts that a model wrote by itself.
 *
 * @param files absolute paths of the model's weights
 */
export function textsOf(files: readonly string[]): Derivation {
  return { name: 'own-texts', version: VERSION, sources: files };
}

/**
 * Texts as token ids: all in a row, how many belong to each text, and the time that writing them was given. Fewer than
 * all are used as long as no more time is given.
 *
 * @param milliseconds the time that writing may take now
 */
export function textsFormat(milliseconds: number): Format<number[][]> {
  return {
    write: (texts) => [
      vector('ids', texts.flat()),
      vector(
        'lengths',
        texts.map(({ length }) => length),
      ),
      vector('milliseconds', [milliseconds]),
    ],
    async read(file) {
      const { ids, lengths, ...given } = await readVectors(file, ['ids', 'lengths', 'milliseconds']);
      if (lengths.length < OWN_TEXTS.count && given.milliseconds[0]! < milliseconds) return undefined;
      let end = 0;
      return Array.from(lengths, (length) => {
        end += length;
        return Array.from(ids.subarray(end - length, end));
      });
    },
  };
}
