/**
 * Passes on the newest value at most every `milliseconds`, one at a time. Values in between are dropped, and a
 * failed one does not matter: the next will do.
 */
export class Throttle<Value> {
  private newest: Value | undefined;
  private timer: NodeJS.Timeout | undefined;
  private busy: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly milliseconds: number,
    private readonly pass: (value: Value) => Promise<void>,
  ) {}

  push(value: Value): void {
    if (this.stopped) return;
    this.newest = value;
    this.timer ??= setTimeout(() => this.flush(), this.milliseconds);
  }

  /** Drops what is waiting; resolves when what was under way is done. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.busy;
  }

  private flush(): void {
    const value = this.newest;
    this.newest = undefined;
    if (value === undefined || this.stopped) return;
    this.busy = this.pass(value)
      .catch(() => {})
      .finally(() => {
        this.timer = undefined;
        if (this.newest !== undefined && !this.stopped) this.push(this.newest);
      });
  }
}
