import type { Redis } from 'ioredis';
import { Newest } from '../../async/newest.js';
import { PromiseMemo } from '../../async/promiseMemo.js';
import { type AnswerProgress, EngineError, type Report } from '../../core/index.js';
import type { Audience } from './audience.js';
import { errorOf, isOwn, Outcome } from './failures.js';
import { ModelQueue, type QueueListener } from './modelQueue.js';
import type { QueueLog } from './redis.js';
import type { ResultCache } from './resultCache.js';
import type { SharedListener, SharedRun } from './sharedRun.js';
import type { SharedTiming } from './timing.js';

export interface SharedRunsTools {
  url: string;
  redis: Redis;
  timing: SharedTiming;
  log: QueueLog;
  audience: Audience;
  results: ResultCache;
  /** Called with every answer that arrives. */
  onAnswer(id: string, report: Report): void;
}

/** The questions that this process waits for, and what becomes of them in the queue. */
export class SharedRuns {
  private readonly runs = new Map<string, SharedRun>();
  private readonly queues = new PromiseMemo<string, ModelQueue>();

  constructor(private readonly tools: SharedRunsTools) {}

  get(id: string): SharedRun | undefined {
    return this.runs.get(id);
  }

  add(run: SharedRun): void {
    this.runs.set(run.id, run);
  }

  all(): SharedRun[] {
    return [...this.runs.values()];
  }

  /** Forgets a run that nobody here waits for. */
  forget(run: SharedRun): void {
    if (run.audience.size === 0 && this.runs.get(run.id) === run) this.runs.delete(run.id);
  }

  /** Puts a listener's question into the queue, or joins it there, and reports how far it is. */
  async enqueue(run: SharedRun, { control }: SharedListener, isFirst: boolean): Promise<void> {
    const queue = await this.queue(run.model);
    await queue.add(run.id, run.question, run.priority);
    run.queued = true;
    const progress = isFirst ? undefined : progressOf(await queue.joined(run.id, run.priority));
    if (progress) control.onProgress?.(progress);
    await this.tellPosition(run, queue);
  }

  /** Takes an interest back, and with the last one the question. Where Redis is away the lease ends by itself. */
  async takeBack(run: SharedRun, listener: SharedListener): Promise<void> {
    try {
      if ((await this.tools.audience.leave(listener)) === 0)
        await (await this.queue(run.model)).remove(run.id);
    } catch (error) {
      this.tools.log.fault('A question could not be taken out of the queue', error);
    }
  }

  /** Ends a run for everybody in this process while it may be in the queue. */
  async giveUp(run: SharedRun, error: unknown): Promise<void> {
    const listeners = [...run.audience];
    run.reject(error);
    this.forget(run);
    await Promise.all(listeners.map((listener) => this.takeBack(run, listener)));
  }

  /** Ends a run with its answer. */
  answer(run: SharedRun, report: Report): void {
    this.tools.onAnswer(run.id, report);
    this.leftQueue(run, () => run.resolve(report));
  }

  /** Looks after a run: renews its interest, and catches up on events that were missed. @throws when Redis is away */
  async look(run: SharedRun): Promise<void> {
    const { audience, results } = this.tools;
    for (const listener of run.audience) if (listener.joined) await audience.renew(listener);
    const queue = await this.queue(run.model);
    if (await queue.has(run.id)) {
      run.missing = 0;
      return this.tellPosition(run, queue);
    }
    const report = await results.get(run.id);
    if (report) return this.answer(run, report);
    run.missing += 1;
    // The event that it ended may be on its way here.
    if (run.missing > 1) await this.again(run);
  }

  async close(): Promise<void> {
    for (const queue of this.queues.all()) await (await queue).close();
  }

  /** Ends a run, or the waiting of some listeners, whose question is no longer in the queue. */
  private leftQueue(run: SharedRun, end: () => void): void {
    const listeners = [...run.audience];
    end();
    this.forget(run);
    for (const listener of listeners) {
      // Where this fails, the share ends with its lease.
      if (!run.audience.has(listener)) this.tools.audience.leave(listener).catch(() => {});
    }
  }

  /** Asks a question again that left the queue without an answer for those who wait. */
  private async again(run: SharedRun): Promise<void> {
    this.leftQueue(run, () => run.end());
    if (run.audience.size === 0) return;
    run.countTry();
    for (const listener of run.audience) if (listener.joined) await this.tools.audience.renew(listener, true);
    await (await this.queue(run.model)).add(run.id, run.question, run.priority);
  }

  private async ended(run: SharedRun, value: unknown): Promise<void> {
    const { data: outcome } = Outcome.safeParse(value);
    if (outcome?.type === 'failed') return this.leftQueue(run, () => run.reject(errorOf(outcome)));
    if (outcome?.type === 'done') {
      const report = await this.tools.results.get(run.id);
      if (report) return this.answer(run, report);
    }
    if (outcome?.type === 'found') this.leftQueue(run, () => run.end(outcome.report as unknown as Report));
    await this.again(run);
  }

  private async tellPosition(run: SharedRun, queue: ModelQueue): Promise<void> {
    const position = await queue.position(run.id);
    if (position !== undefined) run.tell({ stage: 'queued', position });
  }

  private queue(model: string): Promise<ModelQueue> {
    const { url, redis, timing } = this.tools;
    return this.queues.get(model, () => ModelQueue.open(model, url, redis, timing, this.listener(model)));
  }

  private listener(model: string): QueueListener {
    const withRun = (id: string, act: (run: SharedRun) => void | Promise<void>) => {
      const run = this.runs.get(id);
      if (!run?.queued) return;
      const acting = async () => act(run);
      acting().catch((error: unknown) => {
        // Other errors mean that Redis is away: the next look finds out how the question ended.
        if (isOwn(error)) void this.giveUp(run, error);
      });
    };
    const places = new Newest<string>(
      (sinceLast) => this.tools.timing.progress - sinceLast,
      async () => {
        const queue = await this.queue(model);
        const waiting = this.all().filter((run) => run.queued && run.model === model);
        await Promise.all(waiting.map((run) => this.tellPosition(run, queue)));
      },
    );
    return {
      begun: (id) => places.push(id),
      progress: (id, value) =>
        withRun(id, (run) => {
          const progress = progressOf(value);
          if (progress) run.tell(progress);
        }),
      ended: (id, outcome) => withRun(id, (run) => this.ended(run, outcome)),
      failed: (id, reason) =>
        withRun(id, (run) => {
          const error = new EngineError(
            `The question was given up by the queue: ${reason}; please try again later.`,
          );
          this.leftQueue(run, () => run.reject(error));
        }),
      removed: (id) => withRun(id, (run) => this.again(run)),
    };
  }
}

function progressOf(value: unknown): AnswerProgress | undefined {
  const isStage = typeof value === 'object' && value !== null && 'stage' in value;
  return isStage ? (value as AnswerProgress) : undefined;
}
