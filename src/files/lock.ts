import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { isRunning, type ProcessIdentity, thisProcess } from './processIdentity.js';

/** How often the holder of a lock shows that it is alive, in milliseconds. */
const HEARTBEAT = 10_000;
/** A holder that cannot be looked up from here and was silent for this long is gone, in milliseconds. */
const STALE = 60_000;
/** How often a lock that another process has is tried again, in milliseconds. */
const POLL = 100;

const Holder = z.object({
  host: z.string(),
  machine: z.string(),
  pid: z.number().int().positive(),
  started: z.string().optional(),
});

export interface Lock {
  release(): Promise<void>;
}

/** Who has a lock; not known for the moment in which the file is being written. */
export interface LockedBy {
  holder?: ProcessIdentity | undefined;
}

/**
 * Takes a lock, a file that names this process, unless a running process has it. A holder on this machine is looked up
 * by its process; one elsewhere (another host, another container) counts as gone when it has not written the file for a
 * minute.
 *
 * @param file absolute path; its folder is made
 * @returns the lock, or who has it
 * @throws what the file system throws
 */
export async function tryLock(file: string): Promise<Lock | LockedBy> {
  await mkdir(dirname(file), { recursive: true });
  const text = JSON.stringify({ id: randomUUID(), ...thisProcess() });
  for (;;) {
    const handle = await open(file, 'wx').catch(unless('EEXIST'));
    if (handle) return hold(file, handle, text);
    const earlier = await readFile(file, 'utf8').catch(unless('ENOENT'));
    if (earlier === undefined) continue;
    const holder = holderOf(earlier);
    const running = (holder && isRunning(holder)) ?? (await silence(file)) < STALE;
    if (running) return { holder };
    await takeAway(file, earlier);
  }
}

/**
 * As `tryLock`, waiting for as long as another process has the lock.
 *
 * @param onWait awaited every 100 ms meanwhile; throwing ends the wait
 * @throws what `onWait` and the file system throw
 */
export async function waitForLock(
  file: string,
  onWait: (milliseconds: number) => void | Promise<void>,
): Promise<Lock> {
  const started = performance.now();
  for (;;) {
    const lock = await tryLock(file);
    if ('release' in lock) return lock;
    await onWait(performance.now() - started);
    await sleep(POLL);
  }
}

async function hold(file: string, handle: FileHandle, text: string): Promise<Lock> {
  try {
    await handle.writeFile(text);
  } catch (error) {
    await handle.close();
    await rm(file, { force: true });
    throw error;
  }
  // Through the handle, because once the lock is taken over, the file of that name belongs to another process.
  const beat = setInterval(() => void handle.write(text, 0).catch(() => {}), HEARTBEAT);
  beat.unref();
  return {
    async release() {
      clearInterval(beat);
      await handle.close();
      if ((await readFile(file, 'utf8').catch(() => undefined)) === text) await rm(file, { force: true });
    },
  };
}

function holderOf(text: string): ProcessIdentity | undefined {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** How long a file has not been written, in milliseconds by the clock of its disk. */
async function silence(file: string): Promise<number> {
  const probe = `${file}.${randomUUID()}`;
  try {
    await writeFile(probe, '');
    const written = await stat(file).catch(unless('ENOENT'));
    return written ? (await stat(probe)).mtimeMs - written.mtimeMs : 0;
  } finally {
    await rm(probe, { force: true });
  }
}

/** Removes the lock of a process that is gone; of several that try at once, one succeeds. */
async function takeAway(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  const moved = await rename(file, aside).then(() => true, unless('ENOENT'));
  if (!moved) return;
  // Another process may have taken it over since it was read; then its lock is put back.
  if ((await readFile(aside, 'utf8')) !== text) await link(aside, file).catch(unless('EEXIST'));
  await rm(aside, { force: true });
}

/** Handles errors of the file system: this one becomes undefined, others are thrown. */
function unless(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error;
    return undefined;
  };
}
