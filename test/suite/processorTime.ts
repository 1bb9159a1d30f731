import { readFileSync } from 'node:fs';

/** Linux counts the time of processors in hundredths of a second. */
const TICKS = 100;

/**
 * Seconds that processors worked for this process and for those that it started and that have ended. Unlike the time
 * on the clock it is nearly the same on a busy machine. Undefined where the system does not tell.
 */
export function processorSeconds(): number | undefined {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    // The name, in brackets, may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return ticks / TICKS;
  } catch {
    return undefined;
  }
}
