import {
  CancelledError,
  type Core,
  type ModelSource,
  type QuestionKind,
  type Report,
  type Request,
} from '../../core/index.js';
import { BoundedCache } from '../boundedCache.js';
import { Drawings, type Drawn } from '../drawings.js';
import {
  type AskControl,
  type Asker,
  type JobLimits,
  type JobProgress,
  type Jobs,
  PRIORITIES,
  type Priority,
  SHUTTING_DOWN,
} from '../jobs.js';
import { forRequest, keyOf } from '../question.js';
import { refusal } from '../refusal.js';

/** What answers questions: the core, or a wrapper around it; closed with the queue. */
export type Answerer = Pick<Core, 'ask'> & Partial<Pick<Core, 'close'>>;

/** One question that is waiting or being answered, for everybody who asked it. */
interface Run {
  key: string;
  priority: Priority;
  start: () => Promise<Report>;
  cancel: AbortController;
  audience: Set<Listener>;
}

interface Listener {
  asker: Asker | undefined;
  keepsFound: boolean;
  onProgress: ((progress: JobProgress) => void) | undefined;
  resolve: (report: Report) => void;
  reject: (error: unknown) => void;
}

/** The queue of a process that computes for itself: questions go to its core, one at a time and in order. */
export class LocalJobs implements Jobs {
  private readonly reports: BoundedCache<Report>;
  private readonly drawings: Drawings;
  private readonly waiting: Run[] = [];
  private running: Run | undefined;
  private closed = false;

  constructor(
    private readonly core: Answerer,
    private readonly limits: JobLimits,
  ) {
    const { cacheBytes, cacheSeconds } = limits;
    this.reports = new BoundedCache(cacheBytes, cacheSeconds, (report) => JSON.stringify(report).length);
    this.drawings = new Drawings(cacheBytes, cacheSeconds);
  }

  async ask<K extends QuestionKind>(
    kind: K,
    request: Request<K>,
    source: ModelSource,
    control: AskControl = {},
  ): Promise<Report<K>> {
    if (control.signal?.aborted) throw new CancelledError();
    if (this.closed) throw new CancelledError(SHUTTING_DOWN);
    const key = keyOf(kind, request);
    const report = this.reports.get(key) ?? (await this.run(key, kind, request, source, control));
    return forRequest(report as Report<K>, request);
  }

  async check<K extends QuestionKind>(kind: K, request: Request<K>, asker: Asker): Promise<void> {
    const key = keyOf(kind, request);
    if (!this.reports.get(key) && !this.find(key)) this.admit(asker);
  }

  picture<Picture extends Drawn>(key: string, draw: () => Promise<Picture>): Promise<Picture> {
    return this.drawings.picture(key, draw);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const run of this.unfinished()) {
      for (const listener of run.audience) this.takeBack(run, listener, new CancelledError(SHUTTING_DOWN));
    }
    await this.core.close?.();
  }

  private run<K extends QuestionKind>(
    key: string,
    kind: K,
    request: Request<K>,
    source: ModelSource,
    control: AskControl,
  ): Promise<Report<K>> {
    const { asker, signal, onProgress, keepsFound = false, priority = 'people' } = control;
    return new Promise((resolve, reject) => {
      const listener: Listener = { asker, keepsFound, onProgress, resolve, reject };
      let run = this.find(key);
      if (!run) {
        this.admit(asker);
        const cancel = new AbortController();
        const audience = new Set<Listener>();
        const tell = (progress: JobProgress) => {
          for (const { onProgress: notify } of audience) notify?.(progress);
        };
        const { id } = control;
        const start = () =>
          this.core.ask(kind, request, source, { id, signal: cancel.signal, onProgress: tell });
        run = { key, priority, start, cancel, audience };
        this.enqueue(run);
      } else if (comesBefore(priority, run.priority)) {
        this.hasten(run, priority);
      }
      run.audience.add(listener);
      const joined = run;
      signal?.addEventListener('abort', () => this.leave(joined, listener), { once: true });
      this.tellPositions();
      this.next();
    });
  }

  /** A run of the same question that is still wanted. */
  private find(key: string): Run | undefined {
    return this.unfinished().find((run) => run.key === key && !run.cancel.signal.aborted);
  }

  private unfinished(): Run[] {
    return this.running ? [this.running, ...this.waiting] : [...this.waiting];
  }

  /** Puts a run behind those of its priority, and before those of a lower one. */
  private enqueue(run: Run): void {
    const index = this.waiting.findIndex(({ priority }) => comesBefore(run.priority, priority));
    this.waiting.splice(index < 0 ? this.waiting.length : index, 0, run);
  }

  /** Moves a run forward that somebody of a higher priority joined. */
  private hasten(run: Run, priority: Priority): void {
    run.priority = priority;
    const index = this.waiting.indexOf(run);
    if (index < 0) return;
    this.waiting.splice(index, 1);
    this.enqueue(run);
  }

  private admit(asker: Asker | undefined): void {
    const { limits } = this;
    if (this.waiting.length >= limits.altogether) throw refusal('altogether', limits);
    if (!asker) return;
    const askers = this.unfinished().flatMap(({ audience }) => [...audience].map(({ asker }) => asker));
    const count = (field: keyof Asker) =>
      askers.filter((waiting) => waiting?.[field] === asker[field]).length;
    if (count('person') >= limits.perPerson) throw refusal('perPerson', limits);
    if (count('channel') >= limits.perChannel) throw refusal('perChannel', limits);
    if (asker.workspace && count('workspace') >= limits.perWorkspace) throw refusal('perWorkspace', limits);
  }

  private leave(run: Run, listener: Listener): void {
    if (
      listener.keepsFound &&
      run === this.running &&
      run.audience.size === 1 &&
      run.audience.has(listener)
    ) {
      // The run ends with what it found, or as cancelled.
      run.cancel.abort();
      return;
    }
    this.takeBack(run, listener, new CancelledError());
  }

  /** Ends a listener's interest, and the run with the last one's. */
  private takeBack(run: Run, listener: Listener, reason: CancelledError): void {
    if (!run.audience.delete(listener)) return;
    listener.reject(reason);
    if (run.audience.size > 0) return;
    const index = this.waiting.indexOf(run);
    if (index >= 0) this.waiting.splice(index, 1);
    run.cancel.abort();
    this.tellPositions();
  }

  private next(): void {
    if (this.running) return;
    const run = this.waiting.shift();
    if (!run) return;
    this.running = run;
    this.tellPositions();
    void run
      .start()
      .then(
        (report) => {
          // What a cancelled run found so far is no answer for later askers.
          if (!run.cancel.signal.aborted) this.reports.set(run.key, report);
          for (const { resolve } of run.audience) resolve(report);
        },
        (error: unknown) => {
          for (const { reject } of run.audience) reject(error);
        },
      )
      .finally(() => {
        run.audience.clear();
        this.running = undefined;
        this.next();
      });
  }

  private tellPositions(): void {
    this.waiting.forEach(({ audience }, index) => {
      for (const { onProgress } of audience) onProgress?.({ stage: 'queued', position: index + 1 });
    });
  }
}

function comesBefore(first: Priority, second: Priority): boolean {
  return PRIORITIES.indexOf(first) < PRIORITIES.indexOf(second);
}
