import { readFileSync } from 'node:fs';
import { afterAll } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Seconds that processors worked for a test file that no other one ran beside in its process, where the system tells. */
    processorSeconds?: number | undefined;
  }
}

/** Linux counts the time of processors in hundredths of a second. */
const TICKS = 100;

/** Of this process until the file before this one ended; a process that starts has none, and its start counts. */
const before = process as unknown as { secondsUntilFile?: number };

// Reporters run in another process, and get what a file cost with its results.
// biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern, and there is nothing in it that we need.
afterAll(({}, file) => {
  const seconds = processorSeconds();
  if (seconds === undefined) return;
  file.meta.processorSeconds = seconds - (before.secondsUntilFile ?? 0);
  before.secondsUntilFile = seconds;
});

/**
 * Seconds that processors worked for this process and for those that it started and that have ended. Unlike the time
 * on the clock it is nearly the same on a busy machine. Undefined where there is no /proc.
 */
function processorSeconds(): number | undefined {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The name, in brackets, may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / TICKS;
  } catch {
    return undefined;
  }
}
