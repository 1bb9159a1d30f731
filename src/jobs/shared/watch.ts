import type { Audience } from './audience.js';

/** Looks again and again whether a question is still wanted, and ends the work on it when it is not. */
export class Watch {
  /** Why the work was ended: nobody waits, or the only one who waits wants what was found so far. */
  reason: 'no' | 'found' | undefined;
  private readonly timer: NodeJS.Timeout;
  private stopped = false;

  constructor(
    private readonly audience: Audience,
    private readonly id: string,
    private readonly cancel: AbortController,
    /** Milliseconds between two looks. */
    every: number,
  ) {
    this.timer = setInterval(() => void this.look(), every);
  }

  async look(): Promise<void> {
    // While Redis is away nobody can cancel, so the work goes on.
    const wanted = await this.audience.wanted(this.id).catch(() => 'yes' as const);
    if (wanted === 'yes' || this.reason || this.stopped) return;
    this.reason = wanted;
    this.cancel.abort();
  }

  /** Stops watching; a look that is under way ends nothing either. */
  stop(): void {
    this.stopped = true;
    clearInterval(this.timer);
  }
}
