import type { Log } from '../../src/operations/index.js';

/** A log that writes down its sentences: what was said, and faults with what they say of the error. */
export function notedLog(infos: string[] = [], faults: string[] = []): Log {
  const log: Log = {
    info: (message) => void infos.push(message),
    fault: (message, error) => void faults.push(`${message}: ${error}`),
    with: () => log,
  };
  return log;
}
