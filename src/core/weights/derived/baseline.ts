import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { flatten, SAMPLE, unflatten } from '../../features/tree/baseline.js';
import type { Baseline, BaselineQuestion } from '../../model/model.js';
import type { ModelSource } from '../files/source.js';
import type { Derivation } from './derivedFile.js';
import { type Format, jsonTensor, readJsonTensor } from './format.js';

/** Where the baseline of a setting ships with a model, for its default prompt, below its folder. */
export function shippedBaseline({ at, radius, hook }: BaselineQuestion): string {
  const place = at === 'learned' ? `${at}.${hook}` : at;
  return join('baseline', `${isOriginal({ at, radius }) ? 'default' : `${place}.${radius}`}.safetensors`);
}

/** Whether the ghosts are those of the original method. */
function isOriginal({ at, radius }: Pick<BaselineQuestion, 'at' | 'radius'>): boolean {
  return at === 'input' && radius === 1;
}

/** Baselines of people's prompts that are kept for one model; every prompt that somebody tries makes one. */
const MOST = 20;
/** Baselines of the default prompt: for each way of centring the embeddings, place and radius. */
const MOST_DEFAULT = 24;
/** Raised when baselines are measured, or written, in another way. */
const VERSION = 1;

const Stored = z.object({
  floor: z.number(),
  parents: z.array(z.number().int()),
  tokens: z.array(z.number().int()),
  probabilities: z.array(z.number()),
});

export const BASELINE: Format<Baseline> = {
  write: async (baseline) => [await jsonTensor(flatten(baseline))],
  read: async (file) => unflatten(Stored.parse(await readJsonTensor(file))),
};

/**
 * What a model says for any ghost.
 *
 * @param isDefault whether the prompt is the default one, whose baseline other prompts never push out
 */
export async function baselineOf(
  { folder, dtype }: Pick<ModelSource, 'folder' | 'dtype'>,
  { prompt, close, centered, at, radius, hook }: BaselineQuestion,
  isDefault: boolean,
): Promise<Derivation> {
  return {
    name: isDefault ? 'baseline.default' : 'baseline',
    version: VERSION,
    sources: await filesOfModel(folder),
    settings: [
      ...[dtype, prompt, close, centered, SAMPLE],
      ...(isOriginal({ at, radius }) ? [] : [at, radius, at === 'learned' ? hook : '']),
    ],
    most: isDefault ? MOST_DEFAULT : MOST,
  };
}

/** Absolute paths of what decides how a model answers: its weights, its tokenizer, its configuration. */
export async function filesOfModel(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => /\.(json|safetensors|gguf)$/.test(name));
  return names.sort().map((name) => join(folder, name));
}
