import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InputError, type WeightType } from '../core/index.js';
import { sizeText } from '../text/units.js';

/** Bytes left free for others. */
const RESERVE = 100e6;

/**
 * An upper bound of the prepared copies' size in bytes: quantised weights (8 or 4 bits with a scale per block, of a
 * checkpoint of at least 16 bits per weight), and a second copy of each encoder (half of an SAE).
 */
export function preparedEstimate(modelBytes: number, saeBytes: number, dtype: WeightType): number {
  const share = { stored: 0, float32: 0, q8: 0.55, q4: 0.3 }[dtype];
  return modelBytes * share + saeBytes / 2;
}

/**
 * Checks before anything is fetched that it will fit.
 *
 * @param needed bytes
 * @throws {InputError} says how much is missing, and where
 */
export async function checkSpace(folder: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const missing = needed + RESERVE - free;
  if (missing <= 0) return;
  throw new InputError(
    `${sizeText(missing)} are missing on the disk of ${folder}: ${sizeText(needed)} are needed (with what is derived from the files), ${sizeText(free)} are free. Make room, pull fewer layers, or set GHOSTTREE_MODELS to a folder on another disk.`,
  );
}

/** What a person reads when a file cannot be written. @returns other errors as they are */
export function explainedWriteError(error: unknown, file: string): unknown {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  const folder = dirname(file);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new InputError(
      `The disk of ${folder} is full: make room and pull again; what was fetched is kept.`,
    );
  if (code === 'EFBIG')
    return new InputError(
      `${folder} takes no file that large (${code}): raise the limit or set GHOSTTREE_MODELS to another folder.`,
    );
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new InputError(
      `${folder} cannot be written to (${code}): change its permissions or set GHOSTTREE_MODELS to another folder.`,
    );
  return error;
}

/** Size of a file, 0 where there is none. */
export async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
