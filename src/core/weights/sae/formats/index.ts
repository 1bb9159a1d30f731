import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DICTIONARY_LEARNING, dictionaryLearning } from './dictionaryLearning.js';
import { GEMMA_SCOPE, GEMMA_SCOPE_2, gemmaScope, gemmaScope2 } from './gemmaScope.js';
import { LLAMA_SCOPE, LLAMA_SCOPE_R1, llamaScope, llamaScopeR1 } from './llamaScope.js';
import { saeLens } from './saeLens.js';
import { SPARSIFY, sparsify } from './sparsify.js';
import type { SaeContent } from './stored.js';
import { loneTorch, loneTorchFile, qwenFile, qwenScope } from './torchFiles.js';

/** Formats by the files that only they have, in the order in which they are looked for. */
const FORMATS: readonly { files: readonly string[]; open: (folder: string) => Promise<SaeContent> }[] = [
  { files: [GEMMA_SCOPE], open: gemmaScope },
  { files: [GEMMA_SCOPE_2.weights], open: gemmaScope2 },
  { files: [DICTIONARY_LEARNING.weights], open: dictionaryLearning },
  { files: [LLAMA_SCOPE.config], open: llamaScope },
  { files: [SPARSIFY.weights], open: sparsify },
  { files: ['cfg.json'], open: saeLens },
  { files: [LLAMA_SCOPE_R1.config, LLAMA_SCOPE_R1.weights], open: llamaScopeR1 },
];

/**
 * Opens an SAE in whichever format its folder is. No tensor is read.
 *
 * @param hook the place that is wanted, by which some folders name their files
 * @throws {InputError} when files are missing or damaged, or ask for something that is not supported
 */
export async function openSaeContent(folder: string, hook: string): Promise<SaeContent> {
  const format = FORMATS.find(({ files }) => files.every((file) => existsSync(join(folder, file))));
  if (format) return format.open(folder);
  const qwen = qwenFile(hook);
  if (qwen && existsSync(join(folder, qwen))) return qwenScope(folder, hook);
  const lone = await loneTorchFile(folder);
  return lone === undefined ? saeLens(folder) : loneTorch(folder, lone);
}
