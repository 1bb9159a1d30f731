import type { webApi } from '@slack/bolt';
import { errorCode } from './errors.js';

/** The parts of a message that tell whether it is ours. */
export interface PastMessage {
  ts?: string;
  user?: string;
  metadata?: unknown;
  files?: { name?: string | null }[];
}

const PAGE = 200;
/** Two thousand messages: reading more would use up Slack's limits. */
const MOST_PAGES = 10;
/** In seconds: more than a day in any time zone, by the messages' times because our clock may be wrong. */
const LOOK_BACK = 48 * 3600;

/**
 * Looks through a channel, or a thread in it, for a message of the last days.
 *
 * @returns undefined when it is certain that there is none
 * @throws {webApi.WebAPIPlatformError} when Slack does not let us read
 * @throws {UnreadableError} when there is more to read than is reasonable
 */
export async function findPast(
  client: webApi.WebClient,
  channel: string,
  thread: string | undefined,
  matches: (message: PastMessage) => boolean,
): Promise<PastMessage | undefined> {
  let cursor: string | undefined;
  let newest = 0;
  for (let page = 0; page < MOST_PAGES; page++) {
    const range = { channel, limit: PAGE, include_all_metadata: true, ...(cursor && { cursor }) };
    const { messages = [], response_metadata: next } = await readPage(client, range, thread);
    const match = messages.find(matches);
    if (match) return match;
    newest = Math.max(newest, Number(messages[0]?.ts ?? 0));
    cursor = next?.next_cursor;
    // Channels are read from the newest message on, threads from the oldest.
    const isOld = !thread && Number(messages.at(-1)?.ts ?? 0) < newest - LOOK_BACK;
    if (!cursor || isOld) return undefined;
  }
  throw new UnreadableError('too much was said since');
}

export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';
}

type Range = { channel: string; limit: number; include_all_metadata: boolean; cursor?: string };

async function readPage(
  { conversations }: webApi.WebClient,
  range: Range,
  thread: string | undefined,
): Promise<{ messages?: PastMessage[]; response_metadata?: { next_cursor?: string } }> {
  if (!thread) return conversations.history(range);
  try {
    return await conversations.replies({ ...range, ts: thread });
  } catch (error) {
    // Nothing stands in a thread that is gone.
    if (errorCode(error) === 'thread_not_found') return {};
    throw error;
  }
}
