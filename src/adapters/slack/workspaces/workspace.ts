import type { webApi } from '@slack/bolt';
import type { Log } from '../../../operations/index.js';
import { Poster } from '../posting/poster.js';
import { ProgressPace } from '../posting/progress.js';
import type { Identity } from './connect.js';

/** A workspace we are installed in, and how we talk to it. Nothing in it is shared with another workspace. */
export interface Workspace extends Identity {
  client: webApi.WebClient;
  poster: Poster;
  /** Of edits that show progress. */
  pace: ProgressPace;
  log: Log;
}

export function createWorkspace(client: webApi.WebClient, identity: Identity, log: Log): Workspace {
  return { ...identity, client, poster: new Poster(client), pace: new ProgressPace(), log };
}

/** Where a command or button press came from. */
export interface Origin {
  team: string;
  channel: string;
  user: string;
  /** ts of the thread's first message, when it came from a thread. */
  thread?: string | undefined;
  /** Whether it was a button of the message that the thread begins with, which stands in the channel. */
  pressed?: 'root' | undefined;
  /** For answers that only the person sees. */
  responseUrl?: string | undefined;
  /** Whether it was written in the person's direct messages with us, where everything is private. */
  direct?: boolean | undefined;
}
