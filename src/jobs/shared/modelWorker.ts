import { type Job, WaitingError, Worker } from 'bullmq';
import pRetry from 'p-retry';
import { Newest } from '../../async/newest.js';
import {
  type AnswerProgress,
  CancelledError,
  EngineError,
  InputError,
  type ModelSource,
  type QuestionKind,
  type Report,
  type Request,
} from '../../core/index.js';
import type { requestsWithin } from '../../core/requests.js';
import type { Answerer } from '../local/localJobs.js';
import type { Audience } from './audience.js';
import { failureOf, type Outcome } from './failures.js';
import { idOf, PREFIX, queueOf } from './names.js';
import { type QueueLog, redisOptions } from './redis.js';
import { QueuedQuestion } from './requests.js';
import type { ResultCache } from './resultCache.js';
import type { SharedTiming } from './timing.js';
import { Watch } from './watch.js';

/** What a worker needs to answer. */
export interface WorkerTools {
  core: Answerer;
  /** @throws {InputError} when the question cannot be answered on this machine */
  find(model: string, request: Request): ModelSource;
  requests: ReturnType<typeof requestsWithin>;
  audience: Audience;
  results: ResultCache;
  url: string;
  timing: SharedTiming;
  log: QueueLog;
}

/** Seconds between looks for questions without an event, which another worker handed back. */
const UNANNOUNCED = 1;

/** Milliseconds until a command to the queue that failed is tried again. */
const QUEUE_RETRY = 2000;

/** Answers the questions of one model, one at a time. */
export class ModelWorker {
  private readonly worker: Worker;
  /** Aborted when the current question is to be handed back. */
  private readonly handingBack = new AbortController();

  constructor(
    private readonly model: string,
    private readonly tools: WorkerTools,
  ) {
    const { url, timing, log } = tools;
    this.worker = new Worker(queueOf(model), (job, token) => this.answer(job, token!), {
      connection: { url, ...redisOptions(timing) },
      prefix: PREFIX,
      lockDuration: timing.lock,
      stalledInterval: timing.stalled,
      // A question with which two workers were lost is probably the cause.
      maxStalledCount: 1,
      drainDelay: UNANNOUNCED,
      runRetryDelay: QUEUE_RETRY,
    });
    this.worker.on('error', (error) => {
      // Lost connections are reported where they were opened.
      if (!isConnectionError(error)) log.fault('The queue of a worker failed', error);
    });
  }

  /** Takes no more questions; resolves when the current one is answered or handed back. */
  async close(): Promise<void> {
    const deadline = setTimeout(() => this.handingBack.abort(), this.tools.timing.drain);
    try {
      await this.worker.close();
    } finally {
      clearTimeout(deadline);
    }
  }

  private async answer(job: Job, token: string): Promise<Outcome> {
    const { audience, log } = this.tools;
    const id = job.id!;
    const cancel = new AbortController();
    const watch = new Watch(audience, id, cancel, this.tools.timing.look);
    const onStop = () => cancel.abort();
    this.handingBack.signal.addEventListener('abort', onStop);
    if (this.handingBack.signal.aborted) onStop();
    try {
      if (await this.begin(id, watch)) return { type: 'done' };
      if (cancel.signal.aborted) throw new CancelledError();
      const report = await this.compute(job, cancel.signal);
      if (!cancel.signal.aborted) {
        await this.storeAnswer(id, report);
        return { type: 'done' };
      }
      if (watch.reason === 'found') return { type: 'found', report: report as never };
    } catch (error) {
      if (!(error instanceof CancelledError)) {
        const { model } = this;
        const fields = { model, ...(job.data?.asked && { id: String(job.data.asked) }) };
        if (!(error instanceof InputError)) log.fault('A question could not be answered', error, fields);
        return failureOf(error);
      }
    } finally {
      watch.stop();
      this.handingBack.signal.removeEventListener('abort', onStop);
    }
    if (watch.reason) return { type: 'cancelled' };
    await audience.waitsAgain(id);
    await job.moveToWait(token);
    throw new WaitingError();
  }

  /**
   * @returns whether an equal question was answered in the meantime, after the asker looked into the cache
   */
  private async begin(id: string, watch: Watch): Promise<boolean> {
    const { audience, results } = this.tools;
    try {
      await audience.begun(id);
      if (await results.get(id)) return true;
    } catch {
      // Redis is away: the work goes on, and the answer is stored when Redis is back.
    }
    await watch.look();
    return false;
  }

  /** Stores an answer as soon as Redis can be reached. @throws {EngineError} when it is away for too long, or full */
  private async storeAnswer(id: string, report: Report): Promise<void> {
    const { results, timing } = this.tools;
    const isFull = (error: unknown) => error instanceof Error && error.message.startsWith('OOM');
    try {
      await pRetry(() => results.put(id, report), {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: QUEUE_RETRY,
        factor: 1,
        maxRetryTime: timing.patience,
        shouldRetry: ({ error }) => !isFull(error),
      });
    } catch (error) {
      const why = isFull(error)
        ? 'Redis has no memory left for it'
        : 'Redis could not be reached for too long';
      throw new EngineError(`The answer could not be kept: ${why}.`, { cause: error });
    }
  }

  private async compute(job: Job, signal: AbortSignal): Promise<Report> {
    const { kind, request, asked } = this.read(job);
    const source = this.tools.find(this.model, request);
    const latest = new Newest<AnswerProgress>(
      (sinceLast) => this.tools.timing.progress - sinceLast,
      (progress) => job.updateProgress(progress),
    );
    try {
      return await this.tools.core.ask(kind, request, source, {
        id: asked,
        signal,
        onProgress(progress) {
          // What is known of an answer is told once, and must not give way to a later sign of progress.
          if (progress.stage === 'said') void job.updateProgress(progress).catch(() => {});
          else latest.push(progress);
        },
      });
    } finally {
      // Not awaited, because Redis may be away.
      void latest.stop();
    }
  }

  /** @throws {EngineError | InputError} for a question that no front end of this version sends */
  private read(job: Job): QueuedQuestion {
    const { data } = QueuedQuestion.safeParse(job.data);
    const schema =
      data && Object.hasOwn(this.tools.requests, data.kind) && this.tools.requests[data.kind as QuestionKind];
    if (!schema)
      throw new EngineError('A worker does not know this kind of question: is it of an older version?');
    const { data: request, error } = schema.safeParse(data.request);
    if (error) {
      const [issue] = error.issues;
      throw new InputError(
        `A worker does not take this question (${issue?.path.join('.')}: ${issue?.message}).`,
      );
    }
    const kind = data.kind as QuestionKind;
    // Answers are stored under the id, so it must be that of the question.
    if (request.model !== this.model || idOf(kind, data.request as Request) !== job.id)
      throw new EngineError('A question in the queue is not what its id says.');
    return { kind, request, asked: data.asked };
  }
}

function isConnectionError(error: Error): boolean {
  return /ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|Connection is closed|Command timed out/.test(
    `${(error as NodeJS.ErrnoException).code} ${error.message}`,
  );
}
