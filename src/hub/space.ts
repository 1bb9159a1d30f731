import { stat, statfs } from 'node:fs/promises';
import { InputError, type WeightType } from '../core/index.js';
import { whyNotWritten } from '../files/whyNotWritten.js';
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
  const why = whyNotWritten(error);
  if (why === undefined) return error;
  return new InputError(
    `${file} cannot be written: ${why}. Make room, change its folder's permissions or set GHOSTTREE_MODELS to another folder, and pull again: what was fetched is kept.`,
  );
}

/** Size of a file, 0 where there is none. */
export async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
