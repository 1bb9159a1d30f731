import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file that appears whole or not at all, whatever ends the program: beside its place first, then on the
 * disk, then renamed.
 *
 * @param file absolute path; its folder is made
 * @param write fills the file
 * @throws what `write` and the file system throw; nothing is left behind then
 */
export async function writeAtomically(
  file: string,
  write: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  // Two processes may prepare the same model.
  const part = `${file}.${process.pid}.part`;
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(part, 'w');
    try {
      await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(part, file);
  } catch (error) {
    await rm(part, { force: true }).catch(() => {});
    throw error;
  }
}
