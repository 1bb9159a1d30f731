import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Passes on the newest of many values, one at a time and no more often than allowed. Values in between are dropped, and
 * failures are ignored, because the next value replaces them.
 */
export class Newest<Value> {
  private newest: Value | undefined;
  private running: Promise<void> | undefined;
  private endedAt = Number.NEGATIVE_INFINITY;
  private readonly stopped = new AbortController();

  /**
   * @param wait milliseconds until the next value may be passed on, given those since the last one (Infinity before the
   *   first); called when a value comes while none waits
   */
  constructor(
    private readonly wait: (sinceLast: number) => number,
    private readonly pass: (value: Value) => Promise<unknown>,
  ) {}

  push(value: Value): void {
    if (this.stopped.signal.aborted) return;
    this.newest = value;
    this.running ??= this.run();
  }

  /** Drops the waiting value and all later ones. @returns when the value under way is passed on */
  async stop(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    do {
      const wait = this.wait(performance.now() - this.endedAt);
      // Even without a wait, what is pushed together counts as one.
      await (wait > 0 ? sleep(wait, undefined, { signal }).catch(() => {}) : undefined);
      if (signal.aborted) break;
      const value = this.newest!;
      this.newest = undefined;
      await this.pass(value).catch(() => {});
      this.endedAt = performance.now();
    } while (this.newest !== undefined && !signal.aborted);
    this.running = undefined;
  }
}
