import type { SlackContent } from './content.js';
import { retryAfter } from './errors.js';

/** All answers together: Slack allows some 50 edits a minute, and the results need some of them. */
const APART = 1_500;

/** Hands out the times at which progress may be shown, in turn, so that there is room for other edits. */
export class ProgressPace {
  private next = 0;

  constructor(private readonly apart = APART) {}

  /** @returns milliseconds until the caller's turn */
  turn(): number {
    const now = Date.now();
    const at = Math.max(now, this.next);
    this.next = at + this.apart;
    return at - now;
  }

  pause(seconds: number): void {
    this.next = Math.max(this.next, Date.now() + seconds * 1000);
  }
}

/** Shows the progress of one answer: always the newest, when its turn comes. */
export class ProgressEdits {
  private newest: SlackContent | undefined;
  private waiting: NodeJS.Timeout | undefined;
  private sending: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly pace: ProgressPace,
    private readonly send: (content: SlackContent) => Promise<unknown>,
  ) {}

  push(content: SlackContent): void {
    if (this.stopped) return;
    this.newest = content;
    this.waiting ??= setTimeout(() => {
      this.waiting = undefined;
      this.sending = this.sending.then(() => this.show(this.newest!));
    }, this.pace.turn());
  }

  /** Resolves when no progress can be shown any more, so that it does not come after the result. */
  stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.waiting);
    this.waiting = undefined;
    return this.sending;
  }

  /** A failed edit does not matter, the next will do; a rate limit stops progress for as long as Slack says. */
  private async show(content: SlackContent): Promise<void> {
    try {
      await this.send(content);
    } catch (error) {
      const seconds = retryAfter(error);
      if (seconds !== undefined) this.pace.pause(seconds);
    }
  }
}
