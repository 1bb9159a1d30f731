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

/** Position 1 is next; positions are looked up after the queue has moved, so that some may be skipped. */
export type JobProgress = (
  | { stage: 'queued'; position: number }
  /** A model elsewhere writes or scores an explanation; nothing is computed here. */
  | { stage: 'explaining' }
  | AnswerStage
) & {
  part?: AnswerProgress['part'];
};

/** Highest first: questions of people, who wait, come before those that a schedule asks. */
export const PRIORITIES = ['people', 'schedule'] as const;
export type Priority = (typeof PRIORITIES)[number];

export interface AskControl {
  asker?: Asker | undefined;
  /** Id of the command that asks, for logs. */
  id?: string | undefined;
  /** @default 'people' */
  priority?: Priority | undefined;
  /** Takes this asker's interest back; the work ends when nobody waits any more. */
  signal?: AbortSignal | undefined;
  /**
   * Whether what was found until the signal is wanted as the answer, if there is anything by then. When others asked
   * the same, the signal only takes back the interest.
   */
  keepsFound?: boolean | undefined;
  onProgress?: ((progress: JobProgress) => void) | undefined;
}

/** The message for everybody who waits when a queue closes. */
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
 * Questions on their way to a core: answered from a cache, joined to an equal one, or queued, people before
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
  /** The picture of a report, drawn one way; `draw` makes it when it is not in the cache. */
  picture<Picture extends Drawn>(key: string, draw: () => Promise<Picture>): Promise<Picture>;
  /** Takes back every question that was asked here, and closes what answers them. */
  close(): Promise<void>;
}
