import { type DailyPost, FINAL_STATES, type Schedule } from './book.js';
import { addDays, dayOf, instantOf, weekdayOf } from './instants.js';

/** A day's post of a schedule and when it may be made, in milliseconds since 1970. */
export interface Due {
  /** YYYY-MM-DD in the schedule's zone. */
  day: string;
  from: number;
  /** The end of the local day; it is not made up for later. */
  until: number;
}

/** What of a schedule says when. */
export type Timing = Pick<Schedule, 'at' | 'zone' | 'days' | 'since' | 'hastened'>;

/** No week is without a day of a schedule, and no zone leaves out more than one. */
const LONGEST_WAIT = 15;

/** The post that a schedule asks for now; whether it stands already, the book knows. */
export function dueAt(schedule: Timing, now: number): Due | undefined {
  const due = dueOn(schedule, dayOf(schedule.zone, now));
  return due && due.from <= now && now < due.until ? due : undefined;
}

/**
 * The next post of a schedule: today's, too, as long as its day is not over.
 *
 * @param taken days that have their post, or were skipped
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
 * Posts whose day is over, oldest first; those that do not stand are to be noted as skipped.
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
  // A zone that moves over the date line leaves out a day.
  return from >= since && from < until ? { day, from, until } : undefined;
}

/** Whether nothing more happens to a post. */
export function isFinal({ state }: Pick<DailyPost, 'state'>): boolean {
  return FINAL_STATES.some((final) => final === state);
}
