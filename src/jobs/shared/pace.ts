/** Tells the latest of many values, one at a time and at most so often. */
export class Pace<Value> {
  private latest: Value | undefined;
  private sending: Promise<unknown> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(
    /** Milliseconds between two values. */
    private readonly every: number,
    private readonly send: (value: Value) => Promise<unknown>,
  ) {}

  push(value: Value): void {
    if (this.stopped) return;
    this.latest = value;
    if (!this.sending && !this.timer) this.tell();
  }

  /** Nothing is told any more. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private tell(): void {
    const value = this.latest;
    if (value === undefined || this.stopped) return;
    this.latest = undefined;
    // Progress that is lost is told by the next.
    this.sending = this.send(value).catch(() => {});
    void this.sending.then(() => {
      this.sending = undefined;
      if (this.stopped) return;
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.tell();
      }, this.every);
    });
  }
}
