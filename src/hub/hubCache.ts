import { constants, copyFile, link, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { HubCommit, HubFile } from './client.js';

/**
 * A file that the Hub's own tools fetched before.
 *
 * @returns absolute path of the file, symbolic links resolved, or undefined
 */
export async function cachedFile(
  cache: string,
  { repository, commit }: HubCommit,
  { path, size }: HubFile,
): Promise<string | undefined> {
  const folder = `models--${repository.replaceAll('/', '--')}`;
  try {
    const file = await realpath(join(cache, folder, 'snapshots', commit, path));
    const stats = await stat(file);
    return stats.isFile() && stats.size === size ? file : undefined;
  } catch {
    return undefined;
  }
}

/** Gives a file a second name, or copies it where that is impossible (another disk). */
export async function linkOrCopy(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  try {
    await link(from, to);
  } catch {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  }
}
