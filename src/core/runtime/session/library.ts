import { once } from '../../../async/promiseMemo.js';
import { InputError } from '../../report/errors.js';

/**
 * Loads onnxruntime, once. Not an import of the file that uses it: a process that cannot load it must live to say so.
 *
 * @throws {InputError} when it has no binary for this machine
 */
export const loadOnnxruntime = once(async () => {
  // It would write an id of this machine into the home folder and send what it runs to its makers, and decides so when
  // its first session is made. ORT_DISABLE_TELEMETRY=0 allows it.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    throw new InputError(missingText(error));
  }
});

/** What is missing, and the remedy. @param error what loading the binary threw */
export function missingText(error: unknown): string {
  const why = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  return `onnxruntime-node cannot be loaded on ${process.platform} ${process.arch} (${why}): it comes with binaries for Linux with glibc (x64, arm64), macOS (arm64) and Windows. On those install ghosttree again (docs/installing.md).`;
}
