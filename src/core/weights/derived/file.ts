import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../../report/errors.js';
import { Checkpoint } from '../files/checkpoint.js';
import { type TensorToWrite, writeSafetensors } from '../files/safetensorsWriter.js';

/**
 * Where a file derived from others lies. Its name holds a digest of their sizes and times of change, so that a
 * copy of older files is never taken for one of these.
 *
 * @param name what it holds, such as `weights.q8`
 * @param sources the files it was derived from
 */
export async function preparedFile(
  folder: string,
  name: string,
  sources: readonly string[],
): Promise<string> {
  const facts = await Promise.all(
    sources.map(async (file) => {
      const { size, mtimeMs } = await stat(file);
      return [size, Math.floor(mtimeMs)];
    }),
  );
  const digest = createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 12);
  return join(folder, `${name}.${digest}.safetensors`);
}

/**
 * Writes a derived file and removes copies of older files that stand beside it.
 *
 * @param name as given to `preparedFile`, which told where `file` lies
 * @throws {InputError} when the disk is full or the folder cannot be written
 */
export async function writePrepared(
  file: string,
  name: string,
  tensors: readonly TensorToWrite[],
): Promise<void> {
  await writeSafetensors(file, tensors);
  await removeStale(dirname(file), name, file);
}

/** As `writePrepared`, where a folder that cannot be written costs time at every start, nothing else. */
export function keepPrepared(file: string, name: string, tensors: readonly TensorToWrite[]): Promise<void> {
  return writePrepared(file, name, tensors).catch(() => {});
}

async function removeStale(folder: string, name: string, fresh: string): Promise<void> {
  const pattern = new RegExp(`^${name.replaceAll('.', '\\.')}\\.[0-9a-f]{12}\\.safetensors`);
  const files = await readdir(folder).catch(() => []);
  const stale = files.filter((file) => pattern.test(file) && join(folder, file) !== fresh);
  await Promise.all(stale.map((file) => rm(join(folder, file), { force: true })));
}

/** A derived file as a checkpoint; undefined where there is none, or what is left of one that was damaged. */
export async function openPrepared(file: string): Promise<Checkpoint | undefined> {
  try {
    return await Checkpoint.openFile(file);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}
