import type { AnswerPlace, NoticeBoard } from './platform.js';

/** A chat platform that is connected and answers. */
export interface RunningAdapter {
  /** What people call it: "Slack". */
  name: string;
  /** Whether people can be heard and answered there now. */
  isConnected(): boolean;
  /** For what is posted unasked. */
  board: NoticeBoard;
  /** The place of an `AnswerPlace.bookmark`; undefined when that is of another platform, or cannot be reached any more. */
  placeAt(bookmark: string): Promise<AnswerPlace | undefined>;
  /** Takes no more commands; resolves when the connection is closed. */
  close(): Promise<void>;
}
