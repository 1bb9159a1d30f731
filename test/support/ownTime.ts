import { readFileSync } from 'node:fs';
import { isLong } from './longRun.js';

/**
 * A clock in milliseconds that stands still while this thread waits for a processor: what a busy machine does for others
 * counts for nobody. In the long run, which needs a quiet machine, and where the system does not tell, it is the usual one.
 */
export function ownTime(): number {
  return performance.now() - waited();
}

/** Milliseconds that this thread could have run and did not: https://docs.kernel.org/scheduler/sched-stats.html */
function waited(): number {
  if (isLong) return 0;
  try {
    return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[1]) / 1e6 || 0;
  } catch {
    return 0;
  }
}

/** Calls something after so many milliseconds of `ownTime`. @returns takes it back */
export function afterOwnTime(milliseconds: number, call: () => void): () => void {
  const end = ownTime() + milliseconds;
  let timer: NodeJS.Timeout;
  const wait = (left: number) => {
    timer = setTimeout(() => {
      const still = end - ownTime();
      // Timers may come a fraction of a millisecond early.
      if (still > 1) wait(still);
      else call();
    }, left).unref();
  };
  wait(milliseconds);
  return () => clearTimeout(timer);
}
