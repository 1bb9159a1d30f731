import { InputError } from '../core/index.js';
import { counted } from '../text/units.js';
import type { JobLimits } from './jobs.js';

/** Which limit a question would break. */
export type BrokenLimit = 'altogether' | 'perPerson' | 'perChannel' | 'perWorkspace';

/** The error for a person who may not ask now. */
export function refusal(limit: BrokenLimit, limits: JobLimits): InputError {
  const most = limits[limit];
  if (limit === 'altogether')
    return new InputError(
      `${counted(most, 'question is', 'questions are')} waiting already: please try again in a minute.`,
    );
  if (limit === 'perPerson')
    return new InputError(`You have ${most} unanswered questions: please wait for an answer, or cancel one.`);
  if (limit === 'perWorkspace')
    return new InputError(`This workspace has ${most} unanswered questions: please try again in a minute.`);
  return new InputError(`This channel has ${most} unanswered questions: please wait for an answer.`);
}
