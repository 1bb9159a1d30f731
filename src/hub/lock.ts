import { hostname } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../core/index.js';
import { tryLock } from '../files/lock.js';

const LOCK = 'pull.lock';

/**
 * Locks a model's folder for this process, so that the second of two pulls at once is refused. A lock whose process is
 * gone is taken over.
 *
 * @returns releases the lock
 * @throws {InputError} when another process has it
 */
export async function lockFolder(folder: string, model: string): Promise<() => Promise<void>> {
  const lock = await tryLock(join(folder, LOCK));
  if ('release' in lock) return () => lock.release();
  const { holder } = lock;
  const place = holder && holder.host !== hostname() ? ` on ${holder.host}` : '';
  const who = holder ? ` (${holder.pid}${place})` : '';
  throw new InputError(
    `${model} is being pulled or removed by another process${who}: wait until it has ended.`,
  );
}
