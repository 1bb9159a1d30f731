import { setTimeout as sleep } from 'node:timers/promises';

/** How long a statement waits altogether for a database that is locked or not there. */
const PATIENCE_MILLISECONDS = 5000;
/** Between two tries; other work of this process goes on meanwhile. */
const PAUSE_MILLISECONDS = 25;

/** Tries again while `passes` says of the failure that it may pass. What is tried must change nothing when it fails. */
export async function patiently<T>(
  execute: () => T | Promise<T>,
  passes: (error: unknown) => boolean,
): Promise<T> {
  const end = performance.now() + PATIENCE_MILLISECONDS;
  for (;;) {
    try {
      return await execute();
    } catch (error) {
      if (!passes(error) || performance.now() >= end) throw error;
    }
    await sleep(PAUSE_MILLISECONDS);
  }
}
