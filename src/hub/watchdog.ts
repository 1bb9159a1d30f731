/** Gives up waiting when nothing has come for a while, or when the work is cancelled. */
export class Watchdog {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private readonly onCancel = () => this.controller.abort();
  /** Whether silence ended the wait. */
  stalled = false;

  /** @param milliseconds longest silence */
  constructor(
    private readonly milliseconds: number,
    private readonly cancel: AbortSignal | undefined,
  ) {
    cancel?.addEventListener('abort', this.onCancel);
    if (cancel?.aborted) this.onCancel();
    this.touch();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Something arrived: the wait starts again. */
  touch(): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.stalled = true;
      this.controller.abort();
    }, this.milliseconds);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.cancel?.removeEventListener('abort', this.onCancel);
  }
}
