import {
  type AnswerProgress,
  type AnswerStage,
  CancelledError,
  type Core,
  InputError,
  type Kind,
  type ModelSource,
  type Report,
  type Request,
} from '../core/index.js';
import { BoundedCache } from './boundedCache.js';
import { Drawings, type Drawn } from './drawings.js';

/** What answers questions: the core, or something in front of it. */
export type Answerer = Pick<Core, 'ask'>;

/** Who asks, for limits; ids of the platform, with the platform's name in front. */
export interface Asker {
  person: string;
  channel: string;
}

/** Position 1 is next. */
export type JobProgress = (
  | { stage: 'queued'; position: number }
  /** Somebody else's model writes or scores an explanation: nothing here is computed. */
  | { stage: 'explaining' }
  | AnswerStage
) & {
  part?: AnswerProgress['part'];
};

export interface AskControl {
  /** Of the command that asks, for logs. */
  id?: string | undefined;
  asker?: Asker | undefined;
  /** Takes this asker's interest back; the work ends when nobody is interested any more. */
  signal?: AbortSignal | undefined;
  /**
   * Whether what was found until the signal is wanted as the answer, of a question that has one by then. Others who
   * asked the same are not disturbed: then the signal takes back the interest as always.
   */
  keepsFound?: boolean | undefined;
  onProgress?: ((progress: JobProgress) => void) | undefined;
}

export interface JobLimits {
  /** Most unfinished questions of one person, of one channel, and altogether. */
  perPerson: number;
  perChannel: number;
  altogether: number;
  /** Most bytes of reports kept, and of pictures, and for how many seconds. */
  cacheBytes: number;
  cacheSeconds: number;
}

/** One question that is waiting or being answered, for everybody who asked it. */
interface Run {
  key: string;
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

/**
 * Questions to the core, one at a time and in order: answered from the cache, joined to a running twin, or
 * queued. Nobody can take more than a fair share of the queue.
 */
export class Jobs {
  private readonly reports: BoundedCache<Report>;
  private readonly drawings: Drawings;
  private readonly waiting: Run[] = [];
  private running: Run | undefined;

  constructor(
    private readonly core: Answerer,
    private readonly limits: JobLimits,
  ) {
    const { cacheBytes, cacheSeconds } = limits;
    this.reports = new BoundedCache(cacheBytes, cacheSeconds, (report) => JSON.stringify(report).length);
    this.drawings = new Drawings(cacheBytes, cacheSeconds);
  }

  /**
   * @throws {InputError} what the person who asked can mend, a full queue included
   * @throws {CancelledError} when the signal was raised
   * @throws {EngineError} when the inference process died or hung
   */
  async ask<K extends Kind>(
    kind: K,
    request: Request<K>,
    source: ModelSource,
    control: AskControl = {},
  ): Promise<Report<K>> {
    if (control.signal?.aborted) throw new CancelledError();
    const key = keyOf(kind, request);
    const report = this.reports.get(key) ?? (await this.run(key, kind, request, source, control));
    // What only changes the picture is not part of the question.
    const { trim, theme } = request.parameters;
    return { ...report, parameters: { ...report.parameters, trim, theme } } as Report<K>;
  }

  /**
   * Whether a question would be taken, to be asked before it is announced.
   *
   * @throws {InputError} when the queue, or this asker's share of it, is full
   */
  check<K extends Kind>(kind: K, request: Request<K>, asker: Asker): void {
    const key = keyOf(kind, request);
    if (!this.reports.get(key) && !this.find(key)) this.admit(asker);
  }

  /** The picture of a report, drawn one way; `draw` is asked for it when it is not at hand. */
  picture<Picture extends Drawn>(key: string, draw: () => Promise<Picture>): Promise<Picture> {
    return this.drawings.picture(key, draw);
  }

  private run<K extends Kind>(
    key: string,
    kind: K,
    request: Request<K>,
    source: ModelSource,
    control: AskControl,
  ): Promise<Report<K>> {
    const { asker, signal, onProgress, keepsFound = false } = control;
    return new Promise((resolve, reject) => {
      const listener: Listener = { asker, keepsFound, onProgress, resolve, reject };
      let run = this.find(key);
      if (!run) {
        this.admit(asker);
        const cancel = new AbortController();
        const audience = new Set<Listener>();
        const tell = (progress: JobProgress) => {
          for (const { onProgress: hear } of audience) hear?.(progress);
        };
        const start = () => this.core.ask(kind, request, source, { signal: cancel.signal, onProgress: tell });
        run = { key, start, cancel, audience };
        this.waiting.push(run);
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
    return [this.running, ...this.waiting].find((run) => run?.key === key && !run.cancel.signal.aborted);
  }

  private admit(asker: Asker | undefined): void {
    const listeners = [this.running, ...this.waiting].flatMap((run) => [...(run?.audience ?? [])]);
    const count = (same: (other: Asker) => boolean) =>
      listeners.filter(({ asker: other }) => other && same(other)).length;
    if (this.waiting.length >= this.limits.altogether) {
      throw new InputError(
        `${this.waiting.length} questions are waiting already: please try again in a minute.`,
      );
    }
    if (!asker) return;
    if (count(({ person }) => person === asker.person) >= this.limits.perPerson) {
      throw new InputError(
        `You have ${this.limits.perPerson} unanswered questions: please wait for an answer, or cancel one.`,
      );
    }
    if (count(({ channel }) => channel === asker.channel) >= this.limits.perChannel) {
      throw new InputError(
        `This channel has ${this.limits.perChannel} unanswered questions: please wait for an answer.`,
      );
    }
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
    if (!run.audience.delete(listener)) return;
    listener.reject(new CancelledError());
    if (run.audience.size > 0) return;
    const place = this.waiting.indexOf(run);
    if (place >= 0) this.waiting.splice(place, 1);
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
          // What a cancelled run found so far is no answer to who asks later.
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

/** Equal for equal questions, whatever order their options were typed in. */
function keyOf<K extends Kind>(kind: K, request: Request<K>): string {
  const { trim: _trim, theme: _theme, ...asked } = request.parameters;
  const sorted = (record: object) => Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([kind, sorted({ ...request, parameters: sorted(asked) })]);
}
