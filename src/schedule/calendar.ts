import { type DailyPost, FINAL_STATES, type Schedule } from './book.js';
import { addDays, dayOf, instantOf, weekdayOf } from './instants.js';

/** A day's post of a schedule and when it may be made, in milliseconds since 1970. */
export interface Due {
  /** YYYY-MM-DD in the schedule's zone. */
  day: string;
  from: number;
  /** The end of the local day, after which the post is not made. */
  until: number;
}

/** The fields of a schedule that say when. */
export type Timing = Pick<Schedule, 'at' | 'zone' | 'days' | 'since' | 'hastened'>;

/** Days to look ahead: every week has a day of the schedule, and no zone leaves out more than one. */
const LONGEST_WAIT = 15;

/** The post that is due now; the book knows whether it is already made. */
export function dueAt(schedule: Timing, now: number): Due | undefined {
  const due = dueOn(schedule, dayOf(schedule.zone, now));
  return due && due.from <= now && now < due.until ? due : undefined;
}

/**
 * The next post of a schedule, which is today's as long as the day is not over.
 *
 * @param taken days whose post is made or skipped
 */
export function nextDue(
  schedule: Timing,
  now: number,
  taken: ReadonlySet<string> = new Set(),
): Due | undefined {
  const today = dayOf(schedule.zone, now);
  for (let ahead = 0; ahead <= LONGEST_WAIT + taken.size; ahead++) {
    const due = dueOn(schedule, addDays(today, ahead));
    if (due && due.until > now && !taken.has(due.day)) return due;
  }
  return undefined;
}

/**
 * Posts whose day is over, oldest first; those that were not made are to be recorded as skipped.
 *
 * @param most how many days to look back
 */
export function missedBy(schedule: Timing, now: number, most: number): Due[] {
  const today = dayOf(schedule.zone, now);
  return Array.from({ length: most }, (_, i) => dueOn(schedule, addDays(today, i - most))).filter(
    (due): due is Due => due !== undefined && due.until <= now,
  );
}

/** The post of a day, if the schedule asks for one on it. */
function dueOn(schedule: Timing, day: string): Due | undefined {
  const { at, zone, days, since, hastened } = schedule;
  const until = instantOf(zone, addDays(day, 1), '00:00');
  if (hastened === day) return { day, from: instantOf(zone, day, '00:00'), until };
  if (!days.includes(weekdayOf(day))) return undefined;
  const from = instantOf(zone, day, at);
  // A zone that moves across the date line leaves out a day.
  return from >= since && from < until ? { day, from, until } : undefined;
}

/** Whether nothing more happens to a post. */
export function isFinal({ state }: Pick<DailyPost, 'state'>): boolean {
  return FINAL_STATES.some((final) => final === state);
}
