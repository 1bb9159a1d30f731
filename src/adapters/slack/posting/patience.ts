import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { isFateUnknown, neverSent, retryAfter } from './errors.js';

/** A network that is down comes back within minutes, or an operator looks after it. */
const REPEATS = 9;
const FIRST_WAIT = 250;
const LONGEST_WAIT = 60_000;
/** Rate limits are waited for more often than faults: they always end. */
const RATE_LIMITS = 20;
/** In seconds; nobody is there any more after a longer wait. */
const LONGEST_RATE_LIMIT = 300;

/** Counts what went wrong with one call, and waits. */
export class Patience {
  private faults = 0;
  private limits = 0;

  /** Waits as Slack asks, or ever longer after faults. @throws the error itself when waiting is no use */
  async wait(error: unknown): Promise<void> {
    const seconds = retryAfter(error);
    if (seconds !== undefined && seconds <= LONGEST_RATE_LIMIT && ++this.limits <= RATE_LIMITS) {
      await sleep(seconds * 1000);
      return;
    }
    const mayPass = seconds === undefined && (isFateUnknown(error) || neverSent(error));
    if (!mayPass || this.faults >= REPEATS) throw error;
    await sleep(Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.faults++));
  }
}

/**
 * Makes a call that may be repeated without harm until it is answered.
 *
 * @throws what Slack refused, or the last fault when patience ended
 */
export async function patiently<T>(call: () => Promise<T>): Promise<T> {
  const patience = new Patience();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      await patience.wait(error);
    }
  }
}

/**
 * Makes a call that must not be repeated once it may have had its effect.
 *
 * @throws what Slack refused, or the fault that leaves its fate unknown
 */
export async function cautiously<T>(call: () => Promise<T>): Promise<T> {
  const patience = new Patience();
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (isFateUnknown(error)) throw error;
      await patience.wait(error);
    }
  }
}

/** Lets work on the same key pass one at a time, so that a rate limit is waited for once and order is kept. */
export class Turns {
  private readonly queues = new Map<string, PQueue>();

  take<T>(key: string, work: () => Promise<T>): Promise<T> {
    let queue = this.queues.get(key);
    if (!queue) {
      queue = new PQueue({ concurrency: 1 });
      queue.once('idle', () => this.queues.delete(key));
      this.queues.set(key, queue);
    }
    return queue.add(work);
  }
}
