import type { APIMessage } from 'discord.js';
import type { DiscordApi } from './api.js';

const PAGE = 100;
/** A thousand messages: reading more would use up Discord's limits. */
const MOST_PAGES = 10;
/** More than a day in any time zone, measured by the messages' times because our clock may be wrong. */
const LOOK_BACK_MILLISECONDS = 48 * 3600 * 1000;

/**
 * Looks through a channel or thread for a message of the last days, newest first.
 *
 * @returns undefined when there is none, 'unknown' when there is more to read than is reasonable
 * @throws {DiscordAPIError}
 */
export async function findPast(
  api: DiscordApi,
  channelId: string,
  matches: (message: APIMessage) => boolean,
): Promise<APIMessage | 'unknown' | undefined> {
  let before: string | undefined;
  let newest: number | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const messages = await api.messages(channelId, before, PAGE);
    const match = messages.find(matches);
    if (match) return match;
    const last = messages.at(-1);
    if (!last || messages.length < PAGE) return undefined;
    newest ??= Date.parse(messages[0]!.timestamp);
    if (Date.parse(last.timestamp) < newest - LOOK_BACK_MILLISECONDS) return undefined;
    before = last.id;
  }
  return 'unknown';
}
