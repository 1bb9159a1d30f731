import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ModelSource, WeightType } from '../../src/core/index.js';
import { GEMMA_2B, GPT2_SMALL, writeGemma2b, writeGpt2Small, writeSae } from './shapes.js';
import { writeTokenizer } from './tokenizer.js';

const HOOK = 'blocks.10.hook_resid_post';

/** Layer of the generated models' SAE. */
export const SAE_LAYER = 10;

/** The small trained model of the tests, with one SAE. */
export const GLOSS: ModelSource = {
  id: 'gloss-12l',
  folder: resolve('test/fixtures/gloss-12l'),
  prepared: resolve('out/bench/gloss-12l/prepared'),
  dtype: 'float32',
  release: 'gloss-12l-res',
  saes: { 10: { hook: HOOK, folder: resolve('test/fixtures/gloss-12l/saes', HOOK) } },
};

/** Random weights of GPT-2-small's shape, with an SAE of its release's shape. Stays in out/ (800 MB). */
export async function gpt2SmallShape(): Promise<ModelSource> {
  const folder = folderFor('gpt2-small-shape');
  await writeGpt2Small(folder);
  return generated(folder, 'float32', GPT2_SMALL.n_embd, 24_576, GPT2_SMALL.vocab_size);
}

/** Random weights of Gemma-2B's shape in bfloat16, with an SAE of its release's shape. Stays in out/ (5.3 GB). */
export async function gemma2bShape(): Promise<ModelSource> {
  const folder = folderFor('gemma-2b-shape');
  await writeGemma2b(folder);
  return generated(folder, 'q8', GEMMA_2B.hidden_size, 16_384, GEMMA_2B.vocab_size);
}

function folderFor(id: string): string {
  const folder = resolve('out/bench', id);
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function generated(
  folder: string,
  dtype: WeightType,
  width: number,
  features: number,
  vocabulary: number,
): Promise<ModelSource> {
  const sae = resolve(folder, 'saes', HOOK);
  await writeTokenizer(folder, vocabulary);
  await writeSae(sae, HOOK, width, features);
  const saes = { [SAE_LAYER]: { hook: HOOK, folder: sae } };
  return { id: 'random', folder, dtype, prepared: resolve(folder, 'prepared'), release: 'random', saes };
}
