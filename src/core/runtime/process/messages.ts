import type { AnswerProgress, QuestionKind, Report, Request } from '../../features/questions.js';
import type { FeatureLimits } from '../../model/model.js';
import type { ModelSource } from '../../weights/files/source.js';
import type { SessionSettings } from '../session/index.js';

/** One unit of work for the inference process. */
export interface Job<K extends QuestionKind = QuestionKind> {
  /** Of the command that asked first, for logs. */
  id?: string | undefined;
  kind: K;
  request: Request<K>;
  source: ModelSource;
  limits: FeatureLimits;
  settings: RuntimeSettings;
}

/** How the inference process may use the machine. */
export interface RuntimeSettings extends SessionSettings {
  /** Most bytes that all open models together may take. */
  memoryBytes: number;
}

/** From the main process to the inference process. */
export type Command = { type: 'run'; job: Job } | { type: 'cancel' } | { type: 'stop' };

/** From the inference process to the main process. */
export type Message =
  | { type: 'progress'; progress: AnswerProgress }
  | { type: 'done'; report: Report }
  | {
      type: 'failed';
      kind: 'input' | 'cancelled' | 'fault';
      message: string;
      /** Of a fault, where it happened. */
      stack?: string | undefined;
      /** Of the job. */
      job: Pick<Job, 'id' | 'kind'> & { model: string };
    }
  /** State of the process, sent after each job and at intervals during one, then with `working`. */
  | { type: 'state'; residentBytes: number; models: string[]; working?: true };
