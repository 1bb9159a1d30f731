import { Newest } from '../../../async/newest.js';
import type { SlackContent } from './content.js';
import { retryAfter } from './errors.js';

/** Milliseconds between edits of all answers: Slack allows some 50 a minute, and the results need some of them. */
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

/**
 * Shows the progress of one answer: always the newest, when its turn comes. A rate limit stops all progress for as long
 * as Slack says.
 */
export function progressEdits(
  pace: ProgressPace,
  send: (content: SlackContent) => Promise<unknown>,
): Newest<SlackContent> {
  return new Newest(
    () => pace.turn(),
    async (content) => {
      try {
        await send(content);
      } catch (error) {
        const seconds = retryAfter(error);
        if (seconds !== undefined) pace.pause(seconds);
      }
    },
  );
}
