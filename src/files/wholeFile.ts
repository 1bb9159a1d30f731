import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The content of a file, or a function that writes it. */
export type Content = string | Uint8Array | ((handle: FileHandle) => Promise<void>);

/**
 * Writes a file that appears whole or not at all, however the program ends: first beside its place, as
 * `<file>.<unique>.part`, then renamed. A link stays, and the file that it leads to is written; a device or a pipe is
 * written directly.
 *
 * @param file absolute path; its folder is made
 * @param durable whether the file is on the disk afterwards, and whole even after a loss of power
 * @throws what `content` and the file system throw; nothing is left behind then
 */
export async function writeWhole(file: string, content: Content, durable = false): Promise<void> {
  const earlier = await stat(file).catch(() => undefined);
  if (earlier && !earlier.isFile() && !earlier.isDirectory())
    return fill(await open(file, 'w'), content, false);
  const target = await realpath(file).catch(() => file);
  const part = `${target}.${randomUUID()}.part`;
  try {
    await mkdir(dirname(target), { recursive: true });
    const handle = await open(part, 'wx', earlier?.mode);
    await fill(handle, content, durable);
    await (durable ? putInPlace(part, target) : rename(part, target));
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw error;
  }
}

async function fill(handle: FileHandle, content: Content, durable: boolean): Promise<void> {
  try {
    await (typeof content === 'function' ? content(handle) : handle.writeFile(content));
    if (durable) await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Renames a file that is whole and on the disk, and waits until the name is on the disk, too. */
export async function putInPlace(part: string, target: string): Promise<void> {
  await rename(part, target);
  // Not every file system can open a folder; the name is then on the disk a little later.
  const folder = await open(dirname(target), 'r').catch(() => undefined);
  await folder?.sync().catch(() => {});
  await folder?.close();
}
