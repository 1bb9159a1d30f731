import type { Schedule, ScheduleBook } from '../../schedule/book.js';
import type { Clock } from '../engine/database.js';
import type { Audit } from './audit.js';

/** A book of schedules that writes down who changed which. */
export function audited(book: ScheduleBook, audit: Audit, now: Clock): ScheduleBook {
  const record = (channel: string, person: string, action: string, before: string, after: string) =>
    audit.record({ at: now(), person, ...placeOf(channel), action: `daily ${action}`, before, after });
  return {
    ...book,
    async set(schedule, by) {
      const { channel } = schedule;
      const before = await book.schedule(channel);
      await book.set(schedule, by);
      await record(channel, by, 'set', described(before), described(schedule));
    },
    async remove(channel, by) {
      const before = await book.schedule(channel);
      const wasThere = await book.remove(channel, by);
      if (wasThere) await record(channel, by, 'off', described(before), '');
      return wasThere;
    },
    async skip(channel, day, note, by) {
      const post = await book.skip(channel, day, note, by);
      await record(channel, by, 'skip', '', `${day} ${post.state}`);
      return post;
    },
    async hasten(channel, day, by) {
      const isDue = await book.hasten(channel, day, by);
      if (isDue) await record(channel, by, 'now', '', day);
      return isDue;
    },
  };
}

/** Of a channel of Slack, its name tells the workspace. */
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
