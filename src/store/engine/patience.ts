import pRetry from 'p-retry';

/** How long a statement waits altogether for a database that is locked or not there. */
const PATIENCE_MILLISECONDS = 5000;
/** Between two tries; other work of this process goes on meanwhile. */
const PAUSE_MILLISECONDS = 25;

/** Tries again while `passes` says of the failure that it may pass. What is tried must change nothing when it fails. */
export function patiently<T>(execute: () => T | Promise<T>, passes: (error: unknown) => boolean): Promise<T> {
  return pRetry(execute, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: PAUSE_MILLISECONDS,
    factor: 1,
    maxRetryTime: PATIENCE_MILLISECONDS,
    shouldRetry: ({ error }) => passes(error),
  });
}
