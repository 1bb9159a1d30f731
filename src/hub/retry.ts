import { setTimeout as sleep } from 'node:timers/promises';
import { CancelledError } from '../core/index.js';
import { HubFailure } from './failures.js';

/** Tries in a row without any progress before giving up. */
const FRUITLESS_TRIES = 6;
/** Most tries altogether. */
const TRIES = 100;
/** Wait before the second try, doubled before each further one; in milliseconds. */
const FIRST_WAIT = 500;
/** Longest wait, also where the server asks for more; in milliseconds. */
const LONGEST_WAIT = 5 * 60_000;

export const STOPPED = 'Stopped. What was fetched is kept: the next pull goes on from there.';

/**
 * Repeats something after failures that may pass: a dropped connection, a busy or broken server.
 *
 * @param action calls `progressed` whenever a try got something that the next try need not get again
 * @param onWait called before each wait, in milliseconds
 * @throws the last failure, {CancelledError} when the signal was raised, other errors at once
 */
export async function withRetries<T>(
  action: (progressed: () => void) => Promise<T>,
  {
    signal,
    onWait,
  }: { signal?: AbortSignal | undefined; onWait?: (failure: HubFailure, wait: number) => void },
): Promise<T> {
  let fruitless = 0;
  for (let tries = 1; ; tries++) {
    try {
      return await action(() => {
        fruitless = 0;
      });
    } catch (error) {
      if (signal?.aborted) throw new CancelledError(STOPPED);
      fruitless++;
      if (!(error instanceof HubFailure) || !error.passing) throw error;
      if (fruitless >= FRUITLESS_TRIES || tries >= TRIES) throw error;
      const wait = Math.min(LONGEST_WAIT, error.retryAfter ?? FIRST_WAIT * 2 ** (fruitless - 1));
      onWait?.(error, wait);
      await sleep(wait, undefined, signal ? { signal } : {}).catch(() => {
        throw new CancelledError(STOPPED);
      });
    }
  }
}
