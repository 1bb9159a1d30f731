import { createHash } from 'node:crypto';
import type { QuestionKind, Request } from '../../core/index.js';
import { keyOf } from '../question.js';

/** Every key in Redis begins with this. */
export const PREFIX = 'ghosttree';

/** To be raised when questions or reports change so that processes of different versions must not share answers. */
const PROTOCOL = 1;

/** Our keys in Redis; BullMQ's begin with the prefix and the name of a queue. */
export const KEYS = {
  /** Sorted sets by the time at which an entry's lease ends. */
  audience: (id: string) => `${PREFIX}:audience:${id}`,
  waiting: `${PREFIX}:waiting`,
  person: (person: string) => `${PREFIX}:person:${person}`,
  channel: (channel: string) => `${PREFIX}:channel:${channel}`,
  workspace: (workspace: string) => `${PREFIX}:workspace:${workspace}`,
  workers: (model: string) => `${PREFIX}:workers:${model}`,
  models: `${PREFIX}:models`,
  /** Exists when a question is to end with what was found so far. */
  found: (id: string) => `${PREFIX}:found:${id}`,
  /** Answers by question, their ages, and the bytes of all. */
  results: `${PREFIX}:results`,
  resultAges: `${PREFIX}:results:ages`,
  resultBytes: `${PREFIX}:results:bytes`,
};

/** The queue of a model's questions. */
export function queueOf(model: string): string {
  return `questions-${model}`;
}

/** The same for equal questions, wherever they are asked: the id of the job that answers them. */
export function idOf<K extends QuestionKind>(kind: K, request: Request<K>): string {
  // Written and read back, as it reaches a worker: what is undefined here is absent there.
  const sent = JSON.parse(JSON.stringify(request)) as Request<K>;
  return createHash('sha256')
    .update(`${PROTOCOL} ${keyOf(kind, sent)}`)
    .digest('hex');
}
