import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The result of `work`, or that of `late` when `work` takes longer than `milliseconds`. Whatever late work ends with, a
 * failure included, is ignored.
 *
 * @throws what `work` throws in time, or what `late` throws
 */
export async function within<Value, Late = undefined>(
  milliseconds: number,
  work: Promise<Value>,
  late: () => Late,
): Promise<Value | Late> {
  const settled = new AbortController();
  try {
    // The race also handles the rejection of the promise that loses.
    return await Promise.race([work, sleep(milliseconds, undefined, { signal: settled.signal }).then(late)]);
  } finally {
    settled.abort();
  }
}
