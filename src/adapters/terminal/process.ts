/** The streams and events of the process that the adapter uses. */
export type TerminalProcess = Pick<NodeJS.Process, 'stdout' | 'stderr' | 'once' | 'off'>;

/** Exit codes of the program. */
export const EXIT = { done: 0, failed: 1, badInput: 2 } as const;
