import { z } from 'zod';
import { CancelledError, EngineError, InputError } from '../../core/index.js';

/** How a worker's work on a question ended; the answer itself is in the result cache. */
export const Outcome = z.discriminatedUnion('type', [
  z.object({ type: z.literal('done') }),
  /** Nobody wanted it any more. */
  z.object({ type: z.literal('cancelled') }),
  /** What a cancelled search had found, for the only listener. */
  z.object({ type: z.literal('found'), report: z.looseObject({ parameters: z.looseObject({}) }) }),
  z.object({
    type: z.literal('failed'),
    kind: z.enum(['input', 'cancelled', 'engine', 'fault']),
    message: z.string(),
  }),
]);
export type Outcome = z.infer<typeof Outcome>;
type Failure = Extract<Outcome, { type: 'failed' }>;

/** An error as it travels through the queue. */
export function failureOf(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof InputError) return { type: 'failed', kind: 'input', message };
  if (error instanceof CancelledError) return { type: 'failed', kind: 'cancelled', message };
  return { type: 'failed', kind: error instanceof EngineError ? 'engine' : 'fault', message };
}

/** The error that the worker had. */
export function errorOf({ kind, message }: Failure): Error {
  if (kind === 'input') return new InputError(message);
  if (kind === 'cancelled') return new CancelledError(message);
  return kind === 'engine' ? new EngineError(message) : new Error(message);
}

/** The error that people are told when Redis fails; the cause is for the log. */
export function queueError(error: unknown): EngineError {
  return new EngineError('The queue cannot be reached at the moment; please try again in a minute.', {
    cause: error,
  });
}

/** Whether an error is one of ours, whose message people can be told. */
export function isOwn(error: unknown): boolean {
  return error instanceof InputError || error instanceof CancelledError || error instanceof EngineError;
}
