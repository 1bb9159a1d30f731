import { z } from 'zod';
import type { QuestionKind, Request } from '../../core/index.js';

/** A question as it comes from the queue, before its request is checked. */
export const QueuedQuestion = z.object({
  kind: z.string(),
  request: z.unknown(),
  asked: z.string().optional(),
});
export interface QueuedQuestion {
  kind: QuestionKind;
  request: Request;
  /** Id of the command that asked first, for logs. */
  asked?: string | undefined;
}
