import type { Firings } from '../../model/model.js';
import type { Derivation } from './derivedFile.js';
import { type Format, readVectors, vector } from './format.js';
import { type MeasuredSae, nameFor } from './statistics.js';

/** Raised when firings are collected, or written, in another way. */
const VERSION = 2;

/**
 * Where the features of an SAE fire in a model's own texts.
 *
 * @param texts the file that holds them
 */
export function firingsOf({ hook, dtype, files }: MeasuredSae, texts: string): Derivation {
  return { name: nameFor(hook, 'firings', dtype), version: VERSION, sources: [...files, texts] };
}

/**
 * @param texts all that there are; firings in fewer of them are used as long as no more time is given
 * @param milliseconds the time that reading the texts may take now
 */
export function firingsFormat(texts: readonly (readonly number[])[], milliseconds: number): Format<Firings> {
  return {
    write: (firings) => [
      vector('texts', [firings.texts.length]),
      vector('milliseconds', [milliseconds]),
      vector('text', firings.text),
      vector('position', firings.position),
      vector('activation', firings.activation),
    ],
    async read(file) {
      const names = ['texts', 'milliseconds', 'text', 'position', 'activation'] as const;
      const { text, position, activation, ...given } = await readVectors(file, names);
      const count = given.texts[0]!;
      if (count !== texts.length && given.milliseconds[0]! < milliseconds) return undefined;
      return {
        texts: texts.slice(0, count),
        text: Int32Array.from(text),
        position: Int32Array.from(position),
        activation,
      };
    },
  };
}
