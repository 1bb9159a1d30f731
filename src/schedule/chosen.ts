import type { Configuration } from '../config.js';
import type { AskControl, Jobs } from '../jobs/index.js';
import type { Schedule, ScheduleBook } from '../store/index.js';

/** The feature of a day. */
export interface Chosen {
  /** The command line that asks for it: `feature 10 777`. */
  line: string;
  model: string;
  layer: number;
  feature: number;
}

/** What choosing may use. */
export interface ChoiceContext {
  configuration: Configuration;
  jobs: Jobs;
  book: Pick<ScheduleBook, 'shown'>;
}

/**
 * Chooses a channel's feature of the day. With the same book the same day always gives the same feature, so that an
 * attempt after a crash chooses as the one before.
 *
 * @throws {InputError} when the model or layer is not here any more, or no feature of the list exists
 * @throws {EngineError | CancelledError} as questions to the jobs do
 */
export type ChooseFeature = (
  schedule: Schedule,
  day: string,
  context: ChoiceContext,
  control?: AskControl,
) => Promise<Chosen>;
