/** A chat platform that is connected and answers. */
export interface RunningAdapter {
  /** What people call it: "Slack". */
  name: string;
  /** Takes no more commands; resolves when the connection is closed. */
  close(): Promise<void>;
}

/** Where adapters write what an operator should know. No secrets, no message contents. */
export interface AdapterLog {
  info(message: string): void;
  /** A fault that a person was or could not be told about. */
  fault(message: string, error: unknown): void;
}
