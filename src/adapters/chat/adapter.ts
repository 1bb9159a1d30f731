import type { NoticeBoard } from './platform.js';

/** A chat platform that is connected and answers. */
export interface RunningAdapter {
  /** What people call it: "Slack". */
  name: string;
  /** Whether people can be heard and answered there now. */
  isConnected(): boolean;
  /** For what is posted unasked. */
  board: NoticeBoard;
  /** Takes no more commands; resolves when the connection is closed. */
  close(): Promise<void>;
}
