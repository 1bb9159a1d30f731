import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than anything takes on a busy machine, in milliseconds. */
const PATIENCE = 100_000;

/**
 * Waits until `read` gives something truthy: much of what a program does has no promise to await.
 *
 * @param what is waited for, as the failure names it
 * @throws when it does not come within so many milliseconds
 */
export async function until<T>(
  what: string,
  read: () => T,
  timeout = PATIENCE,
): Promise<Exclude<NonNullable<Awaited<T>>, false>> {
  for (const end = Date.now() + timeout; ; await sleep(5)) {
    const value = await read();
    if (value) return value as Exclude<typeof value & {}, false>;
    if (Date.now() > end) throw new Error(`waited ${timeout} ms in vain for: ${what}`);
  }
}
