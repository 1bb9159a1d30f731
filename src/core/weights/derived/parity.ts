import { z } from 'zod';
import type { ParityMeasure } from '../../features/activation/parity.js';
import { PARITY_PASSAGES } from '../../features/activation/parityText.js';
import type { ModelSource, SaeSource } from '../files/source.js';
import { filesOfModel } from './baseline.js';
import type { Derivation } from './derivedFile.js';
import { type Format, jsonTensor, readJsonTensor } from './format.js';
import { nameFor } from './statistics.js';

/** Raised when the check is measured, or its result written, in another way. */
const VERSION = 2;

const Stored = z.object({ l0: z.number(), explainedVariance: z.number() });

export const PARITY: Format<ParityMeasure> = {
  write: async ({ l0, explainedVariance }) => [await jsonTensor({ l0, explainedVariance })],
  read: async (file) => Stored.parse(await readJsonTensor(file)),
};

/**
 * The check that an SAE was loaded as it was trained.
 *
 * @param saeFiles absolute paths
 */
export async function parityOf(
  { folder, dtype }: ModelSource,
  { hook, centered, normScalingFactor }: SaeSource,
  saeFiles: readonly string[],
): Promise<Derivation> {
  return {
    name: nameFor(hook, 'parity', dtype),
    version: VERSION,
    sources: [...(await filesOfModel(folder)), ...saeFiles],
    settings: [centered ?? null, normScalingFactor ?? null, PARITY_PASSAGES],
  };
}
