import { setTimeout as sleep } from 'node:timers/promises';

/**
 * What `work` comes to, or what `late` gives when that takes more than so many milliseconds. How late work ends,
 * a failure included, concerns nobody any more.
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
    // The race handles the rejections of both, of the one that loses, too.
    return await Promise.race([work, sleep(milliseconds, undefined, { signal: settled.signal }).then(late)]);
  } finally {
    settled.abort();
  }
}
