import {
  type DailyPost,
  dayOf,
  isFinal,
  localText,
  monthOf,
  nextDue,
  type Schedule,
  type ScheduleBook,
} from '../../src/schedule/index.js';
import { counted } from '../../src/text/numbers.js';
import { daysText } from './weekdays.js';

export const NO_SCHEDULE =
  'This channel has no feature of the day. Somebody who manages it turns it on: daily on at=09:00 zone=Europe/Berlin days=mon-fri';

const NO_VOTES =
  'Nobody has voted this month: a reaction to a feature of the day is a vote, one for each person.';

/** Most features in the list of a month's best. */
const LISTED = 10;
const LAST_DAY = '9999-12-31';

/** A channel's schedule, when its next post is due, and the state of today's post. */
export async function stateText({
  book,
  channel,
  now,
}: {
  book: Pick<ScheduleBook, 'schedule' | 'posts'>;
  channel: string;
  now: number;
}): Promise<string> {
  const schedule = await book.schedule(channel);
  if (!schedule) return NO_SCHEDULE;
  const today = dayOf(schedule.zone, now);
  const posts = await book.posts(channel, today, LAST_DAY);
  const next = nextDue(schedule, now, new Set(posts.filter(isFinal).map(({ day }) => day)));
  const todays = posts.find(({ day }) => day === today);
  return [
    `${subjectOf(schedule)}, ${daysText(schedule.days)} at ${schedule.at} ${schedule.zone}.`,
    ...(next ? [`Next: ${next.from <= now ? 'now' : localText(schedule.zone, next.from)}`] : []),
    ...(todays ? [postText(todays)] : []),
  ].join('\n');
}

/** The state of a day's post. */
export function postText({ day, state, line, note }: DailyPost): string {
  const what = line ? `: ${line}` : '';
  if (state === 'posted') return `The feature of ${day} stands${what}`;
  if (state === 'skipped') return `The feature of ${day} was skipped${note ? `: ${note}` : '.'}`;
  return `The feature of ${day} is being posted${what}`;
}

/** The features of a month that most people voted for. */
export async function bestText(
  book: Pick<ScheduleBook, 'best'>,
  channel: string,
  zone: string,
  now: number,
): Promise<string> {
  const best = await book.best(channel, ...monthOf(zone, now));
  if (best.length === 0) return NO_VOTES;
  return best
    .slice(0, LISTED)
    .map(({ post, votes }) => {
      return `${String(votes).padStart(3)} ${votes === 1 ? 'vote ' : 'votes'}  ${post.day}  ${post.line ?? ''}`.trimEnd();
    })
    .join('\n');
}

function subjectOf({ pick, model, layer }: Schedule): string {
  const where = `${model}${layer === undefined ? '' : `, layer ${layer}`}`;
  if (typeof pick === 'object') {
    const count = pick.list.length;
    return `${count === 1 ? 'One feature' : counted(count, 'feature')} of ${where} in turn`;
  }
  return `${pick === 'random' ? 'A random' : 'An interesting'} feature of ${where}`;
}
