import { statSync } from 'node:fs';
import { readStore } from '../configuration/environment.js';
import { InputError } from '../core/index.js';
import { backupStore } from '../store/index.js';
import { sizeText } from '../text/units.js';

/**
 * `ghosttree backup [file]`: copies the store, also while ghosttree is serving. Without a file the copy is put
 * beside the store and named after the time.
 *
 * @throws {InputError}
 */
export async function runBackup(words: readonly string[]): Promise<void> {
  const [file, ...unexpected] = words;
  if (unexpected.length > 0 || file?.startsWith('-'))
    throw new InputError('backup takes one file, as in: ghosttree backup /backups/ghosttree.sqlite');
  const store = readStore();
  const copy = file ?? pathBeside(store, new Date());
  backupStore(store, copy);
  process.stdout.write(
    `${copy} is a whole copy of the store (${sizeText(statSync(copy).size)}). How to restore it: docs/operating.md\n`,
  );
}

/** `data/ghosttree.sqlite` gives `data/ghosttree-2026-11-23T01-20-00Z.sqlite`. */
function pathBeside(store: string, moment: Date): string {
  const time = moment.toISOString().replace(/\.\d+/, '').replaceAll(':', '-');
  return `${store.replace(/\.sqlite$/, '')}-${time}.sqlite`;
}
