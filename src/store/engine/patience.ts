import pRetry from 'p-retry';

/** How long a statement waits altogether for a database that is locked or not there. */
const PATIENCE_MILLISECONDS = 5000;
/** Pause between two tries, in which other work of this process goes on. */
const PAUSE_MILLISECONDS = 25;

/** Tries again while `passes` says that the failure may pass. A failed try must change nothing. */
export function patiently<T>(execute: () => T | Promise<T>, passes: (error: unknown) => boolean): Promise<T> {
  return pRetry(execute, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: PAUSE_MILLISECONDS,
    factor: 1,
    maxRetryTime: PATIENCE_MILLISECONDS,
    shouldRetry: ({ error }) => passes(error),
  });
}
