import { MEASURES } from '../../features/kind/moments.js';
import type { FeatureStatistics } from '../../features/kind/statistics.js';
import { isRounded } from '../files/source.js';
import type { Derivation } from './derivedFile.js';
import { type Format, readVectors, vector } from './format.js';

/** Raised when what is measured changes, so that older results are not read. */
const VERSION = 3;
const SHARES = ['token', 'share', 'active'] as const;

/** An SAE of which something is measured, and with what. */
export interface MeasuredSae {
  hook: string;
  /** Weight type of the model: quantised weights measure a little differently. */
  dtype: string;
  /** The model's files and the SAE's. */
  files: readonly string[];
}

/** What is measured of all features of an SAE. */
export function statisticsOf({ hook, dtype, files }: MeasuredSae): Derivation {
  const name = nameFor(hook, 'statistics', dtype);
  return { name, version: VERSION, sources: files, settings: isRounded(dtype) ? dtype : 'float32' };
}

/** Name of what is measured of an SAE with a model's weights of this type. */
export function nameFor(hook: string, what: string, dtype: string): string {
  return isRounded(dtype) ? `${hook}.${what}.${dtype}` : `${hook}.${what}`;
}

export const STATISTICS: Format<FeatureStatistics> = {
  write: ({ moments, tokens }) => [
    ...MEASURES.map((name) => vector(name, moments[name])),
    ...SHARES.map((name) => vector(name, tokens[name])),
    vector('texts', [tokens.texts]),
  ],
  async read(file) {
    const moments = await readVectors(file, MEASURES);
    const tokens = await readVectors(file, SHARES);
    const { texts } = await readVectors(file, ['texts']);
    return { moments, tokens: { ...tokens, texts: texts[0]! } };
  },
};
