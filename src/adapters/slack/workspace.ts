import type { webApi } from '@slack/bolt';
import type { Log } from '../../operations/index.js';
import type { Poster } from './poster.js';
import type { ProgressPace } from './progress.js';

/** The workspace we are installed in, and how we talk to it. */
export interface Workspace {
  client: webApi.WebClient;
  poster: Poster;
  /** Of edits that show progress. */
  pace: ProgressPace;
  log: Log;
  /** Our user id and name there. */
  botUser: string;
  botName: string;
}

/** Where a command or button press came from. */
export interface Origin {
  team: string;
  channel: string;
  user: string;
  /** ts of the thread's first message, when it came from a thread. */
  thread?: string | undefined;
  /** For answers that only the person sees. */
  responseUrl?: string | undefined;
  /** Whether it was written in the person's direct messages with us, where everything is private. */
  direct?: boolean | undefined;
}
