import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ModelSource } from '../../src/core/index.js';

/** Path of a file in test/fixtures. */
export function fixture(...path: string[]): string {
  return resolve('test/fixtures', ...path);
}

/** One of the random checkpoints that test/reference/make_tiny.py wrote. */
export function tinyModel(name: 'tiny-gpt2' | 'tiny-gpt2-sharded' = 'tiny-gpt2'): ModelSource {
  return modelSource(name, fixture(name), [0, 1]);
}

/** A model folder with SAEs at `blocks.{layer}.hook_resid_post`. */
export function modelSource(id: string, folder: string, layers: number[]): ModelSource {
  const saes = Object.fromEntries(
    layers.map((layer) => {
      const hook = `blocks.${layer}.hook_resid_post`;
      return [layer, { hook, folder: resolve(folder, 'saes', hook) }];
    }),
  );
  const prepared = join(temporary(), 'prepared');
  return { id, folder: resolve(folder), prepared, dtype: 'float32', release: id, saes };
}

/** A folder of its own for what is derived from a model, so that tests find nothing that another left. */
function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'ghosttree-'));
}
