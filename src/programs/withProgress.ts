import { PullProgressBars } from '../adapters/terminal/pullProgress.js';
import type { PrepareControl } from '../core/prepare.js';

/** Runs long work that shows how far it is, and that Ctrl-C cancels. */
export async function withProgress(work: (control: PrepareControl) => Promise<void>): Promise<void> {
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  process.once('SIGINT', onInterrupt);
  process.once('SIGTERM', onInterrupt);
  const bars = new PullProgressBars(process.stderr);
  try {
    await work({
      signal: cancel.signal,
      onProgress: (progress) => (progress.share === 1 ? bars.clear() : bars.update(progress)),
    });
  } finally {
    bars.clear();
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onInterrupt);
  }
}
