import type { Message } from './messages.js';

/** What happens to the inference process, for logs and metrics. */
export type InferenceEvent =
  | { type: 'started'; child: number | undefined }
  /** A line of its standard error: what native code warns of, or a crash. */
  | { type: 'said'; text: string }
  | Extract<Message, { type: 'state' }>
  /** A question that failed for a reason that the person who asked cannot mend. */
  | Extract<Message, { type: 'failed' }>
  /** With an exit code or by a signal; `expected` when it was asked to end. The id is that of the running job. */
  | { type: 'ended'; how: number | string | null; expected: boolean; id: string | undefined };
