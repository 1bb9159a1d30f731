import type { Configuration } from '../../src/configuration/index.js';
import { dayOf, isFinal, nextDue, type ScheduleBook } from '../../src/schedule/index.js';
import { changedSchedule } from './change.js';
import type { DailyValues, Verb } from './options.js';
import { bestText, NO_SCHEDULE, postText, stateText } from './text.js';

/** What a verb may use: the book, who asks where, and what time it is. */
export interface Desk {
  book: ScheduleBook;
  channel: string;
  person: string;
  /** In milliseconds since 1970. */
  now: number;
  configuration: Configuration;
}

/** What each verb does; the text that it returns is the answer. */
export const DEEDS: Record<Verb, (desk: Desk, values: DailyValues) => Promise<string>> = {
  async on(desk, values) {
    const { book, channel, person } = desk;
    await book.set(changedSchedule(await book.schedule(channel), values, desk), person);
    return stateText(desk);
  },

  async off({ book, channel, person }) {
    return (await book.remove(channel, person))
      ? 'This channel gets no more features of the day.'
      : NO_SCHEDULE;
  },

  async now({ book, channel, person, now }) {
    const schedule = await book.schedule(channel);
    if (!schedule) return NO_SCHEDULE;
    const today = dayOf(schedule.zone, now);
    const post = await book.post(channel, today);
    // A post that was skipped after part of it was posted is not made again.
    if (post && (post.state !== 'skipped' || post.message !== undefined)) return postText(post);
    await book.hasten(channel, today, person);
    return 'Today’s feature is on its way.';
  },

  show: stateText,

  async skip(desk) {
    const { book, channel, person, now } = desk;
    const schedule = await book.schedule(channel);
    if (!schedule) return NO_SCHEDULE;
    const coming = await book.posts(channel, dayOf(schedule.zone, now), LAST_DAY);
    const { day } = nextDue(schedule, now, new Set(coming.filter(isFinal).map((post) => post.day)))!;
    const post = await book.skip(channel, day, 'Somebody who manages the channel skipped it.', person);
    return post.state === 'skipped' ? `${day} is skipped.\n${await stateText(desk)}` : postText(post);
  },

  async best({ book, channel, now, configuration }) {
    const schedule = await book.schedule(channel);
    return bestText(book, channel, schedule?.zone ?? configuration.settings.daily.zone, now);
  },
};

const LAST_DAY = '9999-12-31';
