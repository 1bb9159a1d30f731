import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { type Repository, sha256 } from './repository.js';

/**
 * Puts a file where the Hub's own tools keep it: a blob, and a symbolic link to it in the snapshot of its commit.
 *
 * @param home HF_HOME
 * @returns path of the blob
 */
export async function cacheFile(
  home: string,
  { name, commit }: Repository,
  path: string,
  content: Buffer,
): Promise<string> {
  const folder = join(home, 'hub', `models--${name.replaceAll('/', '--')}`);
  const blob = join(folder, 'blobs', sha256(content));
  const link = join(folder, 'snapshots', commit, path);
  await mkdir(dirname(blob), { recursive: true });
  await mkdir(dirname(link), { recursive: true });
  await writeFile(blob, content);
  await symlink(relative(dirname(link), blob), link);
  return blob;
}
