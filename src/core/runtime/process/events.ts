import type { Message } from './messages.js';

/** What happens to the inference process, for logs and metrics. */
export type InferenceEvent =
  | { type: 'started'; child: number | undefined }
  /** A line of its standard error: what native code warns of, or a crash. */
  | { type: 'said'; text: string }
  | Extract<Message, { type: 'state' }>
  /** A question that it could not answer, for a reason that nobody who asks can mend. */
  | Extract<Message, { type: 'failed' }>
  /** With an exit code or by a signal; expected when it was told to. The id is that of the job it was at. */
  | { type: 'ended'; how: number | string | null; expected: boolean; id: string | undefined };
