import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

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

/** Removes copies of older files that stand beside a new one. */
export async function removeStale(folder: string, name: string, fresh: string): Promise<void> {
  const pattern = new RegExp(`^${name.replaceAll('.', '\\.')}\\.[0-9a-f]{12}\\.safetensors`);
  const files = await readdir(folder).catch(() => []);
  const stale = files.filter((file) => pattern.test(file) && join(folder, file) !== fresh);
  await Promise.all(stale.map((file) => rm(join(folder, file), { force: true })));
}
