import type { Schedule, ScheduleBook } from '../../schedule/book.js';
import { type Clock, type Database, inTransaction } from '../engine/database.js';
import { recordIn } from './audit.js';

/** Writes down a change, in words. */
type Note = (action: string, before: string, after: string) => Promise<void>;

/**
 * A book of schedules that writes down who changed which; a change and its entry are written together or not at all.
 *
 * @param bookOf the book in a database
 */
export function audited(
  database: Database,
  bookOf: (database: Database) => ScheduleBook,
  now: Clock,
): ScheduleBook {
  const change = <Result>(
    channel: string,
    person: string,
    make: (book: ScheduleBook, note: Note) => Promise<Result>,
  ): Promise<Result> =>
    inTransaction(database, (transaction) =>
      make(bookOf(transaction), (action, before, after) => {
        const entry = { at: now(), person, ...placeOf(channel), action: `daily ${action}`, before, after };
        return recordIn(transaction, entry);
      }),
    );
  return {
    ...bookOf(database),
    set: (schedule, by) =>
      change(schedule.channel, by, async (book, note) => {
        const before = await book.schedule(schedule.channel);
        await book.set(schedule, by);
        await note('set', described(before), described(schedule));
      }),
    remove: (channel, by) =>
      change(channel, by, async (book, note) => {
        const before = await book.schedule(channel);
        const wasThere = await book.remove(channel, by);
        if (wasThere) await note('off', described(before), '');
        return wasThere;
      }),
    skip: (channel, day, reason, by) =>
      change(channel, by, async (book, note) => {
        const post = await book.skip(channel, day, reason, by);
        await note('skip', '', `${day} ${post.state}`);
        return post;
      }),
    hasten: (channel, day, by) =>
      change(channel, by, async (book, note) => {
        const isDue = await book.hasten(channel, day, by);
        if (isDue) await note('now', '', day);
        return isDue;
      }),
  };
}

/** Channel and, where it is in the channel's name (Slack), workspace. */
function placeOf(channel: string): { channel: string; workspace?: string } {
  const [platform, team, id] = channel.split(':');
  return { channel, ...(id !== undefined && { workspace: `${platform}:${team}` }) };
}

function described(schedule: Omit<Schedule, 'setBy'> | undefined): string {
  if (!schedule) return '';
  const { at, zone, days, model, layer, pick } = schedule;
  return [
    `at=${at}`,
    `zone=${zone}`,
    `days=${days.join()}`,
    `model=${model}`,
    ...(layer === undefined ? [] : [`layer=${layer}`]),
    `pick=${typeof pick === 'string' ? pick : `list:${pick.list.join()}`}`,
  ].join(' ');
}
