import { retryAfter } from './slackErrors.js';

/** All answers together: Slack allows some 50 edits a minute, and the results need some of them. */
const APART = 1_500;

/** Lets the edits that show progress pass as long as they leave room for the others. */
export class ProgressPace {
  private next = 0;

  mayEdit(now = Date.now()): boolean {
    if (now < this.next) return false;
    this.next = now + APART;
    return true;
  }

  /** Waits for an edit. A failed one does not matter, but a rate limit stops progress for as long as Slack says. */
  async watch(edit: Promise<unknown>): Promise<void> {
    try {
      await edit;
    } catch (error) {
      const seconds = retryAfter(error);
      if (seconds !== undefined) this.next = Date.now() + seconds * 1000;
    }
  }
}
