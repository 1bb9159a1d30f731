import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ModelSource } from '../../src/core/index.js';

/** Path of a file in test/fixtures. */
export function fixture(...path: string[]): string {
  return resolve('test/fixtures', ...path);
}

/** The random checkpoints that test/reference/make_tiny.py wrote, with what the Hub's repositories call their SAEs. */
const SAE_FOLDERS = {
  'tiny-gpt2': ['blocks.0.hook_resid_post', 'blocks.1.hook_resid_post'],
  'tiny-gpt2-sharded': ['blocks.0.hook_resid_post', 'blocks.1.hook_resid_post'],
  'tiny-gemma': ['gemma_2b_blocks.0.hook_resid_post_48_anthropic', 'gemma_2b_blocks.1.hook_resid_post_48'],
  'tiny-gemma-2': ['layer_0/width_48/average_l0_12', 'layer_1/width_48/average_l0_17'],
};
export type TinyModel = keyof typeof SAE_FOLDERS;

/** One of the random checkpoints, with SAEs at layers 0 and 1. */
export function tinyModel(name: TinyModel = 'tiny-gpt2'): ModelSource {
  return modelSource(name, fixture(name), [0, 1], (_, index) => SAE_FOLDERS[name][index]!);
}

/**
 * A model folder with SAEs at `blocks.{layer}.hook_resid_post`.
 *
 * @param saeFolder where each lies below saes/
 */
export function modelSource(
  id: string,
  folder: string,
  layers: number[],
  saeFolder = (hook: string, _index: number) => hook,
): ModelSource {
  const saes = Object.fromEntries(
    layers.map((layer, index) => {
      const hook = `blocks.${layer}.hook_resid_post`;
      return [layer, { hook, folder: resolve(folder, 'saes', saeFolder(hook, index)) }];
    }),
  );
  const prepared = join(temporary(), 'prepared');
  return { id, folder: resolve(folder), prepared, dtype: 'float32', release: id, saes };
}

/** A folder of its own for what is derived from a model, so that tests find nothing that another left. */
function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'ghosttree-'));
}
