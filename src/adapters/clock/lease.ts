import type { DailyPost, PostChanges, ScheduleBook } from '../../schedule/index.js';
import type { Clock } from './clock.js';

/** Longer than a request to a platform takes, with all that its client does by itself to repeat it. */
export const LEASE_MILLISECONDS = 3 * 60 * 1000;
const RENEW_EVERY = LEASE_MILLISECONDS / 6;

/** Another process works on the post now, or this one has stopped: nothing more may be written or posted. */
export class LostLeaseError extends Error {
  override readonly name = 'LostLeaseError';
}

/** The right to work on one post, renewed while it is held. */
export class Lease {
  private readonly stopRenewing: () => void;
  private state: 'held' | 'stopped' | 'lost' = 'held';
  /** Writes go one after the other, or a renewal could undo what was given back. */
  private last: Promise<unknown> = Promise.resolve();

  /** @param post as it was claimed; follows what is written */
  constructor(
    private readonly book: Pick<ScheduleBook, 'advance'>,
    readonly post: DailyPost,
    private readonly clock: Clock,
  ) {
    this.stopRenewing = clock.every(RENEW_EVERY, () => {
      // A store that is away may be back before the lease ends, and each posting renews it first.
      this.write({}).catch(() => {});
    });
  }

  /** Writes what was done, and renews. @throws {LostLeaseError} */
  async write(changes: PostChanges): Promise<void> {
    await this.inTurn(async () => {
      if (this.state !== 'held') throw new LostLeaseError('this process works on it no more');
      await this.advance({ until: this.clock.now() + LEASE_MILLISECONDS, ...changes });
    });
    // It may have been stopped while the store was writing.
    if (this.state !== 'held') throw new LostLeaseError('this process works on it no more');
  }

  /** Writes what was done, and lets others go on at once. @throws {LostLeaseError} */
  async giveBack(changes: PostChanges): Promise<void> {
    this.stop();
    await this.inTurn(() => this.advance({ ...changes, until: 0 }));
    this.state = 'lost';
  }

  /** From now on the lease can only be given back; otherwise it ends by itself. */
  stop(): void {
    this.stopRenewing();
    if (this.state === 'held') this.state = 'stopped';
  }

  private async advance(changes: PostChanges): Promise<void> {
    const { channel, day, owner } = this.post;
    if (this.state === 'lost' || !(await this.book.advance(channel, day, owner, changes))) {
      this.stop();
      this.state = 'lost';
      throw new LostLeaseError('another process works on this post');
    }
    Object.assign(this.post, changes);
  }

  private inTurn(write: () => Promise<void>): Promise<void> {
    const writing = this.last.then(write);
    this.last = writing.catch(() => {});
    return writing;
  }
}
