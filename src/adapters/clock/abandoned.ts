import type { DailyPost } from '../../schedule/index.js';
import type { Clock } from './clock.js';
import { LEASE_MILLISECONDS } from './lease.js';

interface Sighting {
  owner: string;
  until: number;
  /** By the clock that never jumps. */
  since: number;
}

/**
 * Tells whether the owner of a post is gone. The time in the store is not enough: a clock that jumps ahead would take
 * a post from a process that is just sending it. So a lease must have stood unchanged for its whole length, too,
 * by a clock that does not jump.
 */
export class AbandonedPosts {
  private readonly seen = new Map<string, Sighting>();

  /** @param self the process that asks; its own posts, and those that were given back, are free at once */
  constructor(
    private readonly self: string,
    private readonly clock: Clock,
  ) {}

  isFree({ channel, day, owner, until }: DailyPost): boolean {
    const key = `${channel} ${day}`;
    if (owner === this.self || until === 0) {
      this.seen.delete(key);
      return true;
    }
    const now = this.clock.elapsed();
    const sighting = this.seen.get(key);
    if (sighting?.owner !== owner || sighting.until !== until) {
      this.seen.set(key, { owner, until, since: now });
      return false;
    }
    return now - sighting.since >= LEASE_MILLISECONDS;
  }

  /** Forgets a post that is finished, or now ours. */
  forget({ channel, day }: Pick<DailyPost, 'channel' | 'day'>): void {
    this.seen.delete(`${channel} ${day}`);
  }
}
