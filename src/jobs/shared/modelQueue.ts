import { Queue, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { within } from '../../async/within.js';
import { PRIORITIES, type Priority } from '../jobs.js';
import { PREFIX, queueOf } from './names.js';
import { redisOptions } from './redis.js';
import type { QueuedQuestion } from './requests.js';
import type { SharedTiming } from './timing.js';

/** Events that Redis stores for a front end that was away for a moment. */
const EVENTS_KEPT = 2000;

/** What a front end hears of the questions of a model, by their ids. */
export interface QueueListener {
  /** A worker has begun with one: places in the queue have changed. */
  begun(id: string): void;
  progress(id: string, progress: unknown): void;
  ended(id: string, outcome: unknown): void;
  /** It was given up after its second worker was lost. */
  failed(id: string, reason: string): void;
  /** It was taken out of the queue. */
  removed(id: string): void;
}

/** The queue of one model, as a front end uses it. */
export class ModelQueue {
  private constructor(
    private readonly queue: Queue,
    private readonly events: QueueEvents,
    private readonly redis: Redis,
    /** Milliseconds: BullMQ itself would wait for Redis for ever. */
    private readonly patience: number,
  ) {}

  /** Begins to listen before anything is asked. */
  static async open(
    model: string,
    url: string,
    redis: Redis,
    timing: SharedTiming,
    listener: QueueListener,
  ): Promise<ModelQueue> {
    const name = queueOf(model);
    const streams = { events: { maxLen: EVENTS_KEPT } };
    // BullMQ asks for types of its own copy of the client.
    const queue = new Queue(name, { connection: redis, prefix: PREFIX, streams });
    queue.on('error', () => {}); // the connection itself reports
    const [last] = await redis.xrevrange(queue.toKey('events'), '+', '-', 'COUNT', 1);
    const connection = { url, ...redisOptions(timing) };
    // From the last event on, or from the very first, so that events while this connects are not missed.
    const events = new QueueEvents(name, { connection, prefix: PREFIX, lastEventId: last?.[0] ?? '0-0' });
    events.on('error', () => {});
    events.on('active', ({ jobId }) => listener.begun(jobId));
    events.on('progress', ({ jobId, data }) => listener.progress(jobId, data));
    events.on('completed', ({ jobId, returnvalue }) => listener.ended(jobId, returnvalue));
    events.on('failed', ({ jobId, failedReason }) => listener.failed(jobId, failedReason));
    events.on('removed', ({ jobId }) => listener.removed(jobId));
    return new ModelQueue(queue, events, redis, 2 * timing.command);
  }

  /** Puts a question into the queue, unless it is there. */
  async add(id: string, question: QueuedQuestion, priority: Priority): Promise<void> {
    const options = { jobId: id, priority: rankOf(priority), removeOnComplete: true, removeOnFail: true };
    await within(this.patience, this.queue.add(question.kind, question, options), noAnswer);
  }

  /** Somebody joined a question that waits, or is being answered. @returns its latest progress */
  async joined(id: string, priority: Priority): Promise<unknown> {
    const job = await within(this.patience, this.queue.getJob(id), noAnswer);
    if (job && job.priority > rankOf(priority)) await job.changePriority({ priority: rankOf(priority) });
    return job?.progress;
  }

  /** Takes a question out of the queue; one that a worker has begun with stays. */
  async remove(id: string): Promise<void> {
    await within(this.patience, this.queue.remove(id), noAnswer);
  }

  /** @returns place in the queue, 1 is next; undefined for a question that does not wait */
  async position(id: string): Promise<number | undefined> {
    const before = await this.redis.zrank(this.queue.toKey('prioritized'), id);
    return before === null ? undefined : before + 1;
  }

  async has(id: string): Promise<boolean> {
    return (await this.redis.exists(this.queue.toKey(id))) === 1;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.events.close(), this.queue.close()]);
  }
}

/** From 1 on: BullMQ puts jobs of rank 0 first, and they have no position. */
function rankOf(priority: Priority): number {
  return PRIORITIES.indexOf(priority) + 1;
}

function noAnswer(): never {
  throw new Error('Redis gave no answer in time');
}
