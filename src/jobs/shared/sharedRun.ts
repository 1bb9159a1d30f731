import { type AnswerProgress, CancelledError, EngineError, type Report } from '../../core/index.js';
import type { AskControl, JobProgress, Priority } from '../jobs.js';
import type { Interest } from './audience.js';
import type { QueuedQuestion } from './requests.js';

/** A question that was taken back or lost more often while somebody waited for it is given up. */
const MOST_TRIES = 5;

/** Somebody in this process who waits for an answer. */
export interface SharedListener extends Interest {
  control: AskControl;
  /** Whether Redis counts this listener. */
  joined: boolean;
  /** Whether this listener cancelled, but waits for what was found so far. */
  ending: boolean;
  resolve(report: Report): void;
  reject(error: unknown): void;
}

/** One question on its way through the shared queue, for everybody in this process who asked it. */
export class SharedRun {
  readonly audience = new Set<SharedListener>();
  /** Whether it was put into the queue: events before that belong to an earlier, equal question. */
  queued = false;
  /** Looks in a row that did not find it in the queue. */
  missing = 0;
  private tries = 0;

  constructor(
    readonly id: string,
    readonly model: string,
    readonly question: QueuedQuestion,
  ) {}

  get priority(): Priority {
    const people = [...this.audience].some(({ control }) => (control.priority ?? 'people') === 'people');
    return people ? 'people' : 'schedule';
  }

  tell(progress: JobProgress | AnswerProgress): void {
    for (const { control, ending } of this.audience) if (!ending) control.onProgress?.(progress);
  }

  resolve(report: Report): void {
    for (const listener of this.audience) listener.resolve(report);
    this.audience.clear();
  }

  reject(error: unknown): void {
    for (const listener of this.audience) listener.reject(error);
    this.audience.clear();
  }

  /**
   * Answers the listeners who cancelled with what was found so far, or rejects them where there is nothing.
   *
   * @returns those listeners
   */
  end(report?: Report): SharedListener[] {
    const ended = [...this.audience].filter(({ ending }) => ending);
    for (const listener of ended) {
      if (report) listener.resolve(report);
      else listener.reject(new CancelledError());
      this.audience.delete(listener);
    }
    return ended;
  }

  /** Counts a question that has to be asked again. @throws {EngineError} when that was too often */
  countTry(): void {
    this.missing = 0;
    if (++this.tries > MOST_TRIES)
      throw new EngineError('The question was lost in the queue again and again; please try again later.');
  }
}
