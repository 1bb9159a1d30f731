import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat } from 'node:fs/promises';
import type { HubFile } from './client.js';

/** Bytes read at once; more is hardly faster. */
const CHUNK = 1 << 20;

/**
 * Compares a file on the disk with what the Hub has.
 *
 * @returns its SHA-256 when size and checksum are right, else undefined; also when there is no such file
 * @throws when it cannot be read, or the signal was raised
 */
export async function verifiedSha256(
  file: string,
  { size, checksum }: HubFile,
  control: { signal?: AbortSignal | undefined; onBytes?: (bytes: number) => void },
): Promise<string | undefined> {
  // A symbolic link does not count: onnxruntime refuses one that leads out of the model's folder.
  const stats = await lstat(file).catch(() => undefined);
  if (!stats?.isFile() || stats.size !== size) return undefined;
  const sha256 = createHash('sha256');
  // A git blob's id is the SHA-1 of this header and the content.
  const gitBlob = 'gitBlob' in checksum ? createHash('sha1').update(`blob ${size}\0`) : undefined;
  for await (const chunk of createReadStream(file, {
    highWaterMark: CHUNK,
    ...(control.signal && { signal: control.signal }),
  })) {
    sha256.update(chunk as Buffer);
    gitBlob?.update(chunk as Buffer);
    control.onBytes?.((chunk as Buffer).length);
  }
  const digest = sha256.digest('hex');
  const right =
    'sha256' in checksum ? digest === checksum.sha256 : gitBlob?.digest('hex') === checksum.gitBlob;
  return right ? digest : undefined;
}
