import { shellLine } from '../adapters/terminal/shell.js';
import { readConfiguration } from '../configuration/index.js';
import { InputError } from '../core/index.js';
import { remove } from '../hub/index.js';
import { readModelWords } from './modelWords.js';

/**
 * `ghosttree remove <model> [layers=0,6]`: takes what was pulled from the disk.
 *
 * @throws {InputError}
 */
export async function runRemove(words: readonly string[]): Promise<void> {
  const { model, layers, dtype } = readModelWords('remove', words, readConfiguration());
  if (dtype) throw new InputError('remove takes no dtype: name a model, and layers= if not all of it.');
  await remove(model, layers);
  const what = layers ? `The SAEs of ${model.id} at layers ${layers.join(', ')} are` : `${model.id} is`;
  process.stdout.write(`${what} removed. Get it again: ${shellLine(`pull ${model.id}`)}\n`);
}
