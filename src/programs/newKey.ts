import { InputError } from '../core/index.js';
import { newKey } from '../store/engine/keyring.js';

/** `ghosttree new-key`: prints a new key for STORE_KEY. */
export async function printKey(words: readonly string[]): Promise<void> {
  if (words.length > 0)
    throw new InputError('new-key takes no arguments: it prints a new key for STORE_KEY.');
  process.stdout.write(`${newKey()}\n`);
}
