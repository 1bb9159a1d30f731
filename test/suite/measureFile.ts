import { afterAll } from 'vitest';
import { processorSeconds } from './processorTime.js';

declare module 'vitest' {
  interface TaskMeta {
    /** Seconds that processors worked for a test file that has a process to itself. */
    processorSeconds?: number | undefined;
  }
}

// Reporters run in another process, and get what a file cost with its results.
// biome-ignore lint/correctness/noEmptyPattern: vitest reads the pattern, and there is nothing in it that we need.
afterAll(({}, file) => {
  file.meta.processorSeconds = processorSeconds();
});
