import type { Core, CoreSettings } from '../../core/index.js';

/** The streams and events of the process that the adapter uses, and who computes in it. */
export interface TerminalProcess extends Pick<NodeJS.Process, 'stdout' | 'stderr' | 'once' | 'off'> {
  /**
   * Gives a command the core that answers it, which the command closes when it has its answer. Without it a command
   * gets a new one, as fits a process that runs one command.
   */
  createCore?(settings: CoreSettings): Core;
}

/** Exit codes of the program. */
export const EXIT = { done: 0, failed: 1, badInput: 2 } as const;
