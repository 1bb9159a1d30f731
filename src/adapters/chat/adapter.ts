/** A chat platform that is connected and answers. */
export interface RunningAdapter {
  /** What people call it: "Slack". */
  name: string;
  /** Whether people can be heard and answered there now. */
  isConnected(): boolean;
  /** Takes no more commands; resolves when the connection is closed. */
  close(): Promise<void>;
}
