import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { within } from '../../async/within.js';
import {
  CancelledError,
  type ModelSource,
  type QuestionKind,
  type Report,
  type Request,
} from '../../core/index.js';
import { BoundedCache } from '../boundedCache.js';
import { Drawings, type Drawn } from '../drawings.js';
import { type AskControl, type Asker, type JobLimits, type Jobs, SHUTTING_DOWN } from '../jobs.js';
import { forRequest } from '../question.js';
import { Announcements } from './announcements.js';
import { Audience } from './audience.js';
import { Beat } from './beat.js';
import { isOwn, queueError } from './failures.js';
import { idOf } from './names.js';
import { openRedis, problemOf, type QueueLog } from './redis.js';
import { ResultCache } from './resultCache.js';
import { type SharedListener, SharedRun } from './sharedRun.js';
import { SharedRuns } from './sharedRuns.js';
import { type SharedTiming, TIMING } from './timing.js';

/** Milliseconds that a front end waits for Redis when it closes. */
const FAREWELL = 3000;

export interface SharedQueueOptions {
  /** redis:// or rediss://, with user name and password where it has them. */
  url: string;
  limits: JobLimits;
  log: QueueLog;
  /** For tests. @default TIMING */
  timing?: Partial<SharedTiming> | undefined;
}

/**
 * The queue of a front end that computes nothing itself: questions go through Redis to workers, which answer them.
 * Equal questions of all front ends are computed once, and their answers and limits are shared.
 */
export class SharedJobs implements Jobs {
  private readonly reports: BoundedCache<Report>;
  private readonly drawings: Drawings;
  private readonly results: ResultCache;
  private readonly audience: Audience;
  private readonly workers: Announcements;
  private readonly runs: SharedRuns;
  private readonly beat: Beat;
  private closed = false;

  private constructor(
    private readonly redis: Redis,
    private readonly options: SharedQueueOptions,
    timing: SharedTiming,
  ) {
    const { limits, url, log } = options;
    const { cacheBytes, cacheSeconds } = limits;
    this.reports = new BoundedCache(cacheBytes, cacheSeconds, (report) => JSON.stringify(report).length);
    this.drawings = new Drawings(cacheBytes, cacheSeconds);
    this.results = new ResultCache(redis, limits);
    this.audience = new Audience(redis, limits, timing.lease);
    this.workers = new Announcements(redis, timing.lease);
    const { audience, results } = this;
    const onAnswer = (id: string, report: Report) => this.reports.set(id, report);
    this.runs = new SharedRuns({ url, redis, timing, log, audience, results, onAnswer });
    this.beat = new Beat(timing, this.runs, this.workers);
  }

  /** @throws {InputError} when Redis cannot be reached */
  static async connect(options: SharedQueueOptions): Promise<SharedJobs> {
    const timing = { ...TIMING, ...options.timing };
    return new SharedJobs(await openRedis(options.url, timing, options.log), options, timing);
  }

  async ask<K extends QuestionKind>(
    kind: K,
    request: Request<K>,
    source: ModelSource,
    control: AskControl = {},
  ): Promise<Report<K>> {
    if (control.signal?.aborted) throw new CancelledError();
    if (this.closed) throw new CancelledError(SHUTTING_DOWN);
    const id = idOf(kind, request);
    const report = this.reports.get(id) ?? (await this.join(id, kind, request, source.id, control));
    return forRequest(report as Report<K>, request);
  }

  async check<K extends QuestionKind>(kind: K, request: Request<K>, asker: Asker): Promise<void> {
    const id = idOf(kind, request);
    if (this.reports.get(id) || this.runs.get(id)) return;
    try {
      if (await this.results.get(id)) return;
      await this.workers.requireServed(request.model);
      await this.audience.check(id, asker);
    } catch (error) {
      throw this.failureFor(error);
    }
  }

  picture<Picture extends Drawn>(key: string, draw: () => Promise<Picture>): Promise<Picture> {
    return this.drawings.picture(key, draw);
  }

  /** What is wrong with the queue, for whoever watches over this process; undefined when nothing is. */
  problem(): Promise<string | undefined> {
    return problemOf(this.redis);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.beat.stop();
    const leaving = this.runs.all().map((run) => this.runs.giveUp(run, new CancelledError(SHUTTING_DOWN)));
    const closing = Promise.allSettled(leaving).then(() => this.runs.close());
    // Redis may be away: an interest that is not taken back now ends with its lease.
    await within(
      FAREWELL,
      closing.catch(() => {}),
      () => undefined,
    );
    this.redis.disconnect();
  }

  private join<K extends QuestionKind>(
    id: string,
    kind: K,
    request: Request<K>,
    model: string,
    control: AskControl,
  ): Promise<Report> {
    return new Promise((resolve, reject) => {
      const { asker, signal } = control;
      const interest = { id, listener: randomUUID(), asker, control };
      const listener: SharedListener = { ...interest, joined: false, ending: false, resolve, reject };
      const run = this.runs.get(id) ?? new SharedRun(id, model, { kind, request, asked: control.id });
      this.runs.add(run);
      run.audience.add(listener);
      signal?.addEventListener('abort', () => void this.leave(run, listener), { once: true });
      this.enter(run, listener).catch((error: unknown) => {
        // Only this listener is refused; others may have been admitted before.
        if (run.audience.delete(listener)) reject(this.failureFor(error));
        this.runs.forget(run);
      });
    });
  }

  /** Answers a listener from the cache, or takes it into the queue. @throws why it is refused */
  private async enter(run: SharedRun, listener: SharedListener): Promise<void> {
    const cached = await this.results.get(run.id);
    if (cached) return this.runs.answer(run, cached);
    await this.workers.requireServed(run.model);
    const isFirst = await this.audience.join(listener);
    listener.joined = true;
    await this.runs.enqueue(run, listener, isFirst);
    // Cancelled or answered in the meantime.
    if (!run.audience.has(listener)) await this.runs.takeBack(run, listener);
    this.beat.start();
  }

  /** Somebody cancelled. */
  private async leave(run: SharedRun, listener: SharedListener): Promise<void> {
    const isAlone = run.audience.size === 1 && run.audience.has(listener);
    if (isAlone && listener.control.keepsFound) {
      // The worker ends with what it found, or as cancelled.
      listener.ending = await this.audience.keepFound(listener).catch(() => false);
      if (listener.ending) return;
    }
    if (!run.audience.delete(listener)) return;
    listener.reject(new CancelledError());
    this.runs.forget(run);
    await this.runs.takeBack(run, listener);
  }

  /** An error as people are told it; failures of the queue itself are logged. */
  private failureFor(error: unknown): unknown {
    if (isOwn(error)) return error;
    this.options.log.fault('The queue failed', error);
    return queueError(error);
  }
}
