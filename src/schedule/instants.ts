import { DateTime, IANAZone } from 'luxon';

const MINUTE = 60 * 1000;
/** No clock is further from UTC. */
const FURTHEST = 24 * 60 * MINUTE;

/** The local day of an instant, YYYY-MM-DD. @param now milliseconds since 1970 */
export function dayOf(zone: string, now: number): string {
  return DateTime.fromMillis(now, { zone }).toISODate()!;
}

/** A day plus a number of days; both YYYY-MM-DD. */
export function addDays(day: string, days: number): string {
  return DateTime.fromISO(day, { zone: 'utc' }).plus({ days }).toISODate()!;
}

/** Day of the week by ISO 8601: 1 is Monday, 7 Sunday. */
export function weekdayOf(day: string): number {
  return DateTime.fromISO(day, { zone: 'utc' }).weekday;
}

/**
 * When a local time comes, in milliseconds since 1970. Where clocks are set forward over it, it comes when they are:
 * the next minute there is. Where they are set back over it, it comes the first time.
 *
 * luxon alone moves a time that does not exist by the whole gap, and leaves open which of two it takes.
 *
 * @param day YYYY-MM-DD
 * @param at HH:MM
 */
export function instantOf(zone: string, day: string, at: string): number {
  const local = DateTime.fromISO(`${day}T${at}`, { zone: 'utc' }).toMillis();
  const named = IANAZone.create(zone);
  const offset = (instant: number) => named.offset(instant) * MINUTE;
  const [before, after] = [offset(local - FURTHEST), offset(local + FURTHEST)];
  const exact = [local - before, local - after].filter((instant) => instant + offset(instant) === local);
  if (exact.length > 0) return Math.min(...exact);
  // The clocks are set forward between these two.
  let [low, high] = [local - Math.max(before, after), local - Math.min(before, after)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offset(middle) === after) high = middle;
    else low = middle;
  }
  return high;
}

/** An instant as local time: `Mon 2026-11-23 09:00`. */
export function localText(zone: string, instant: number): string {
  return DateTime.fromMillis(instant, { zone, locale: 'en' }).toFormat('ccc yyyy-MM-dd HH:mm');
}

/** First and last day of the month that an instant is in, YYYY-MM-DD. */
export function monthOf(zone: string, now: number): [first: string, last: string] {
  const local = DateTime.fromMillis(now, { zone });
  return [local.startOf('month').toISODate()!, local.endOf('month').toISODate()!];
}
