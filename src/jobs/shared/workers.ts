import type { Redis } from 'ioredis';
import { within } from '../../async/within.js';
import type { ModelSource, Request, WorkLimits } from '../../core/index.js';
import { requestsWithin } from '../../core/requests.js';
import type { JobLimits } from '../jobs.js';
import type { Answerer } from '../local/localJobs.js';
import { Announcements } from './announcements.js';
import { Audience } from './audience.js';
import { ModelWorker } from './modelWorker.js';
import { openRedis, problemOf, type QueueLog } from './redis.js';
import { ResultCache } from './resultCache.js';
import { type SharedTiming, TIMING } from './timing.js';

/** Milliseconds after the drain in which a question must be handed back. */
const FAREWELL = 2000;

export interface WorkersOptions {
  url: string;
  /** The models whose questions are answered here. */
  models: readonly string[];
  /** Closed with the workers. */
  core: Answerer;
  /** @throws {InputError} when the question cannot be answered on this machine */
  find(model: string, request: Request): ModelSource;
  limits: JobLimits & WorkLimits;
  log: QueueLog;
  /** For tests. @default TIMING */
  timing?: Partial<SharedTiming> | undefined;
}

/** Answers the questions of some models from a shared queue: one of each at a time, which the core computes in turn. */
export class Workers {
  private readonly workers: ModelWorker[];
  private readonly announcements: Announcements;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;
  private announcing: Promise<void> = Promise.resolve();

  private constructor(
    private readonly redis: Redis,
    private readonly options: WorkersOptions,
    private readonly timing: SharedTiming,
  ) {
    const { url, core, limits, log, models } = options;
    const audience = new Audience(redis, limits, timing.lease);
    const results = new ResultCache(redis, limits);
    const requests = requestsWithin(limits);
    const find = options.find.bind(options);
    const tools = { core, find, requests, audience, results, url, timing, log };
    this.workers = models.map((model) => new ModelWorker(model, tools));
    this.announcements = new Announcements(redis, timing.lease);
  }

  /** @throws {InputError} when Redis cannot be reached */
  static async start(options: WorkersOptions): Promise<Workers> {
    const timing = { ...TIMING, ...options.timing };
    const workers = new Workers(await openRedis(options.url, timing, options.log), options, timing);
    await workers.announce();
    return workers;
  }

  /** What is wrong with the queue, for whoever watches over this process; undefined when nothing is. */
  problem(): Promise<string | undefined> {
    return problemOf(this.redis);
  }

  /** Takes no more questions, finishes the current one or hands it back, and closes the core. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    const { drain } = this.timing;
    const stopping = (async () => {
      await Promise.all([this.takeBack(), ...this.workers.map((worker) => worker.close())]);
    })();
    await within(drain + FAREWELL, stopping, () => undefined);
    await this.options.core.close?.();
    this.redis.disconnect();
  }

  /** Waits for an announcement that is on its way: it would otherwise come after it was taken back. */
  private async takeBack(): Promise<void> {
    await this.announcing;
    await this.announcements.takeBack(this.options.models).catch(() => {});
  }

  private async announce(): Promise<void> {
    // While Redis is away there is nobody to tell.
    this.announcing = this.announcements.announce(this.options.models).catch(() => {});
    await this.announcing;
    if (!this.closed) this.timer = setTimeout(() => void this.announce(), this.timing.beat);
  }
}
