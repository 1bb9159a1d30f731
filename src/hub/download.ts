import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CancelledError, InputError } from '../core/index.js';
import { putInPlace } from '../files/wholeFile.js';
import { verifiedSha256 } from './checksum.js';
import type { HubClient, HubFile } from './client.js';
import { HubFailure } from './failures.js';
import { cachedFile, linkOrCopy } from './hubCache.js';
import { STOPPED, withRetries } from './retry.js';
import type { WantedFile } from './selection.js';
import { explainedWriteError, sizeOf } from './space.js';

/** What getting a file needs. */
export interface Download {
  client: Pick<HubClient, 'read'>;
  /** Folder of the Hub's own tools. */
  cache: string;
  signal?: AbortSignal | undefined;
  /** Called often, with the bytes of this file that are done. */
  onProgress(step: 'fetching' | 'checking', done: number): void;
  /** Bytes that came over the network. */
  onFetched(bytes: number): void;
  onWait(failure: HubFailure, wait: number): void;
}

/** Name of a file until it is whole; a note beside it says which file it is a part of. */
export const partOf = (target: string) => `${target}.part`;
const noteOf = (target: string) => `${target}.part.json`;

/**
 * Gets one file to its place, whole and checked, or leaves a part that the next call continues. A file that is already
 * there, or in the cache of the Hub's own tools, is checked and not fetched.
 *
 * @param target absolute path
 * @returns its SHA-256
 * @throws {InputError} when it stays damaged, or cannot be written
 * @throws {HubFailure} when the Hub does not deliver it
 * @throws {CancelledError} when the signal was raised
 */
export async function bring(
  { place, file }: WantedFile,
  target: string,
  download: Download,
): Promise<string> {
  try {
    await mkdir(dirname(target), { recursive: true });
    const check = (path: string) => checked(path, file, download);
    const present = await check(target);
    if (present) return present;
    const cached = await cachedFile(download.cache, place, file);
    const fromCache = cached && (await check(cached));
    if (fromCache) {
      await linkOrCopy(cached, partOf(target));
      await settle(target);
      return fromCache;
    }
    for (let round = 0; round < 2; round++) {
      await withRetries((progressed) => fetchRest({ place, file }, target, download, progressed), download);
      const sha256 = await check(partOf(target));
      if (sha256) {
        await settle(target);
        return sha256;
      }
      await discardPart(target);
    }
    throw new InputError(
      `${place.repository}/${file.path} arrived damaged twice (wrong checksum): pull again later.`,
    );
  } catch (error) {
    if (download.signal?.aborted) throw new CancelledError(STOPPED);
    throw explainedWriteError(error, target);
  }
}

/** Bytes of the file that are already fetched. */
export async function partSize(wanted: Omit<WantedFile, 'name'>, target: string): Promise<number> {
  const note = await readFile(noteOf(target), 'utf8').catch(() => '');
  if (note !== noteText(wanted)) return 0;
  const size = await sizeOf(partOf(target));
  return size <= wanted.file.size ? size : 0;
}

/** Appends what is missing of the part. */
async function fetchRest(
  wanted: Omit<WantedFile, 'name'>,
  target: string,
  { client, onProgress, onFetched }: Download,
  progressed: () => void,
): Promise<void> {
  let done = await partSize(wanted, target);
  if (done === 0) await discardPart(target);
  await writeFile(noteOf(target), noteText(wanted));
  if (done === wanted.file.size && done > 0) return;
  const handle = await open(partOf(target), 'a');
  try {
    for await (const bytes of client.read(wanted.place, wanted.file, done)) {
      if (done + bytes.length > wanted.file.size) throw tooLong(wanted);
      await handle.writeFile(bytes);
      done += bytes.length;
      progressed();
      onFetched(bytes.length);
      onProgress('fetching', done);
    }
    await handle.sync();
  } catch (error) {
    // The server sends whole files only, or the part is wrong: start from the beginning.
    if (error instanceof HubFailure && error.kind === 'whole') await handle.truncate(0);
    throw error;
  } finally {
    await handle.close();
  }
  if (done < wanted.file.size) throw new HubFailure('broken', 'the connection ended too early');
}

async function checked(
  path: string,
  file: HubFile,
  { signal, onProgress }: Download,
): Promise<string | undefined> {
  let done = 0;
  return verifiedSha256(path, file, {
    signal,
    onBytes: (bytes) => {
      done += bytes;
      onProgress('checking', done);
    },
  });
}

/** Renames the part to the file. */
async function settle(target: string): Promise<void> {
  await putInPlace(partOf(target), target);
  await rm(noteOf(target), { force: true });
}

async function discardPart(target: string): Promise<void> {
  await rm(partOf(target), { force: true });
  await rm(noteOf(target), { force: true });
}

/** What must be the same for a part to be continued. */
function noteText({ place, file }: Omit<WantedFile, 'name'>): string {
  return JSON.stringify({ ...place, ...file });
}

function tooLong({ file }: Omit<WantedFile, 'name'>): HubFailure {
  return new HubFailure('whole', `more than the ${file.size} bytes that it should have`);
}
