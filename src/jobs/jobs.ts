import type {
  AnswerProgress,
  AnswerStage,
  ModelSource,
  QuestionKind,
  Report,
  Request,
} from '../core/index.js';
import type { Drawn } from './drawings.js';

/** Who asks, for limits; ids of the platform, with the platform's name in front. */
export interface Asker {
  person: string;
  channel: string;
  /** `slack:TEAM` or `discord:GUILD`; absent in direct messages that belong to none. */
  workspace?: string | undefined;
  /** Whether only this person and the bot are in the channel. */
  direct?: boolean | undefined;
}

/**
 * Position 1 is next. A place is looked up after the queue has moved: one that lasts is told, one that was passed by
 * until then is skipped.
 */
export type JobProgress = (
  | { stage: 'queued'; position: number }
  /** Somebody else's model writes or scores an explanation: nothing here is computed. */
  | { stage: 'explaining' }
  | AnswerStage
) & {
  part?: AnswerProgress['part'];
};

/** Whose questions come first: those of people who wait, before those that a schedule asks. */
export const PRIORITIES = ['people', 'schedule'] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface AskControl {
  asker?: Asker | undefined;
  /** Of the command that asks, for logs. */
  id?: string | undefined;
  /** @default 'people' */
  priority?: Priority | undefined;
  /** Takes this asker's interest back; the work ends when nobody is interested any more. */
  signal?: AbortSignal | undefined;
  /**
   * Whether what was found until the signal is wanted as the answer, of a question that has one by then. Others who
   * asked the same are not disturbed: then the signal takes back the interest as always.
   */
  keepsFound?: boolean | undefined;
  onProgress?: ((progress: JobProgress) => void) | undefined;
}

/** Told to everybody who waits when a queue closes. */
export const SHUTTING_DOWN = 'Ghosttree is shutting down.';

export interface JobLimits {
  /** Most unfinished questions of one person, of one channel, of one workspace, and altogether. */
  perPerson: number;
  perChannel: number;
  perWorkspace: number;
  altogether: number;
  /** Most bytes of reports kept, and of pictures, and for how many seconds. */
  cacheBytes: number;
  cacheSeconds: number;
}

/**
 * Questions on their way to a core: answered from a cache, joined to a running twin, or queued, people before
 * schedules. Nobody can take more than a fair share of the queue.
 */
export interface Jobs {
  /**
   * @throws {InputError} what the person who asked can mend, a full queue included
   * @throws {CancelledError} when the signal was raised, or the queue closed
   * @throws {EngineError} when the inference process died or hung, or the queue itself failed
   */
  ask<K extends QuestionKind>(
    kind: K,
    request: Request<K>,
    source: ModelSource,
    control?: AskControl,
  ): Promise<Report<K>>;
  /**
   * Whether a question would be taken, to be asked before it is announced.
   *
   * @throws {InputError} when the queue, or this asker's share of it, is full
   * @throws {EngineError} when the queue itself failed
   */
  check<K extends QuestionKind>(kind: K, request: Request<K>, asker: Asker): Promise<void>;
  /** The picture of a report, drawn one way; `draw` is asked for it when it is not at hand. */
  picture<Picture extends Drawn>(key: string, draw: () => Promise<Picture>): Promise<Picture>;
  /** Takes back every question that was asked here, and lets go of what answers them. */
  close(): Promise<void>;
}
