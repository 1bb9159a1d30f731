import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { dueAt, missedBy, nextDue, type Timing } from '../../src/schedule/calendar.js';
import { addDays, dayOf, instantOf } from '../../src/schedule/instants.js';
import { isZone } from '../../src/schedule/zones.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK = [1, 2, 3, 4, 5, 6, 7];

/** An instant as UTC tells it. */
function utc(text: string): number {
  return Date.parse(`${text}Z`);
}

function timing(changes: Partial<Timing>): Timing {
  return { at: '09:00', zone: 'Europe/Berlin', days: WEEK, since: 0, ...changes };
}

/** Days that a clock ticking every so often finds due, each once, with the first tick that did. */
function posted(schedule: Timing, ticks: Iterable<number>): Map<string, number> {
  const posts = new Map<string, number>();
  for (const now of ticks) {
    const due = dueAt(schedule, now);
    if (due && !posts.has(due.day)) posts.set(due.day, now);
  }
  return posts;
}

function* every(milliseconds: number, from: number, to: number): Generator<number> {
  for (let now = from; now < to; now += milliseconds) yield now;
}

describe('daylight saving', () => {
  test.each([
    // Clocks go from 02:00 to 03:00, and from 03:00 to 02:00.
    ['Europe/Berlin', '2026-03-29', '02:30', '2026-03-29T01:00'],
    ['Europe/Berlin', '2026-03-29', '03:00', '2026-03-29T01:00'],
    ['Europe/Berlin', '2026-10-25', '02:30', '2026-10-25T00:30'],
    ['Europe/Berlin', '2026-10-25', '03:00', '2026-10-25T02:00'],
    ['America/New_York', '2026-03-08', '02:30', '2026-03-08T07:00'],
    ['America/New_York', '2026-11-01', '01:30', '2026-11-01T05:30'],
    // By half an hour: from 02:00 to 02:30, and from 02:00 to 01:30.
    ['Australia/Lord_Howe', '2026-10-04', '02:15', '2026-10-03T15:30'],
    ['Australia/Lord_Howe', '2026-04-05', '01:45', '2026-04-04T14:45'],
    // At midnight, so that the day begins at 01:00.
    ['Africa/Cairo', '2026-04-24', '00:30', '2026-04-23T22:00'],
    ['Asia/Kathmandu', '2026-11-23', '09:00', '2026-11-23T03:15'],
  ])('%s, %s at %s is %s UTC', (zone, day, at, expected) => {
    expect(instantOf(zone, day, at)).toBe(utc(expected));
  });

  test('a day that a zone leaves out at the date line has no post', () => {
    const schedule = timing({ zone: 'Pacific/Apia' });
    const days = posted(schedule, every(HOUR, utc('2011-12-28T00:00'), utc('2012-01-02T00:00')));
    expect([...days.keys()]).toEqual([
      '2011-12-27',
      '2011-12-28',
      '2011-12-29',
      '2011-12-31',
      '2012-01-01',
      '2012-01-02',
    ]);
    expect(nextDue(schedule, utc('2011-12-30T00:00'), new Set(['2011-12-29']))?.day).toBe('2011-12-31');
  });

  // Each has a change of its clocks within the 30 days.
  test.each([
    ['Europe/Berlin', '2026-03-15'],
    ['Europe/Berlin', '2026-10-10'],
    ['America/New_York', '2026-02-20'],
    ['America/New_York', '2026-10-20'],
    ['Australia/Lord_Howe', '2026-03-20'],
    ['Australia/Lord_Howe', '2026-09-20'],
  ])('30 days in %s from %s on have one post each, whatever its time', (zone, first) => {
    const time = fc.tuple(fc.constantFrom(0, 1, 2, 3, 9, 22), fc.integer({ min: 0, max: 59 }));
    fc.assert(
      fc.property(time, ([hour, minute]) => {
        const at = `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
        const end = instantOf(zone, addDays(first, 30), '00:00');
        const posts = posted(timing({ zone, at }), every(HOUR, instantOf(zone, first, '00:00'), end));
        expect([...posts.keys()]).toEqual(Array.from({ length: 30 }, (_, i) => addDays(first, i)));
        for (const [day, now] of posts) {
          const local = DateTime.fromMillis(instantOf(zone, day, at), { zone });
          expect(local.toISODate()).toBe(day);
          expect(local.toFormat('HH:mm') >= at).toBe(true);
          expect(now - local.toMillis()).toBeGreaterThanOrEqual(0);
          expect(now - local.toMillis()).toBeLessThan(HOUR);
        }
      }),
      { numRuns: 6 },
    );
  });
});

describe('when a post is due', () => {
  test('from its time to the end of the local day', () => {
    const schedule = timing({});
    expect(dueAt(schedule, utc('2026-11-23T07:59:59.999'))).toBeUndefined();
    const due = { day: '2026-11-23', from: utc('2026-11-23T08:00'), until: utc('2026-11-23T23:00') };
    expect(dueAt(schedule, due.from)).toEqual(due);
    expect(dueAt(schedule, due.until - 1)).toEqual(due);
    expect(dueAt(schedule, due.until)).toBeUndefined();
  });

  test('on its days of the week only', () => {
    const schedule = timing({ days: [1, 3] });
    const days = posted(schedule, every(HOUR, utc('2026-11-23T00:00'), utc('2026-12-01T00:00')));
    expect([...days.keys()]).toEqual(['2026-11-23', '2026-11-25', '2026-11-30']);
  });

  test('a schedule that is set after its time begins the next day', () => {
    const schedule = timing({ since: utc('2026-11-23T08:00:01') });
    expect(dueAt(schedule, utc('2026-11-23T12:00'))).toBeUndefined();
    expect(nextDue(schedule, utc('2026-11-23T12:00'))?.day).toBe('2026-11-24');
    expect(dueAt({ ...schedule, hastened: '2026-11-23' }, utc('2026-11-23T12:00'))?.day).toBe('2026-11-23');
  });

  test('a hastened day is due whatever its time and day of the week', () => {
    const schedule = timing({ days: [2], hastened: '2026-11-23' });
    expect(dueAt(schedule, utc('2026-11-23T01:00'))?.day).toBe('2026-11-23');
    expect(dueAt(schedule, utc('2026-11-24T01:00'))).toBeUndefined();
  });

  test('the next one comes after those that stand', () => {
    const schedule = timing({ days: [1, 2] });
    const now = utc('2026-11-23T12:00');
    expect(nextDue(schedule, now)?.day).toBe('2026-11-23');
    expect(nextDue(schedule, now, new Set(['2026-11-23']))?.day).toBe('2026-11-24');
    expect(nextDue(schedule, now, new Set(['2026-11-23', '2026-11-24']))?.day).toBe('2026-11-30');
  });

  test('days that went by are told, oldest first, none from before it was set', () => {
    const schedule = timing({ since: utc('2026-11-20T12:00'), days: [1, 2, 3, 4, 5] });
    const days = missedBy(schedule, utc('2026-11-26T12:00'), 30).map(({ day }) => day);
    expect(days).toEqual(['2026-11-23', '2026-11-24', '2026-11-25']);
    expect(missedBy(schedule, utc('2026-11-26T12:00'), 1)).toHaveLength(1);
  });

  test('a clock that jumps back and forth finds each day once', () => {
    const jump = fc.integer({ min: -3 * 24 * 60, max: 3 * 24 * 60 });
    fc.assert(
      fc.property(fc.array(jump, { maxLength: 60 }), (jumps) => {
        let now = utc('2026-10-20T00:00');
        const ticks = jumps.map((minutes) => (now += minutes * MINUTE));
        const schedule = timing({ since: utc('2026-10-18T00:00') });
        for (const [day, at] of posted(schedule, ticks)) {
          expect(dayOf(schedule.zone, at)).toBe(day);
          expect(instantOf(schedule.zone, day, '09:00')).toBeGreaterThanOrEqual(schedule.since);
        }
      }),
    );
  });
});

test('zones have names: bare offsets and inventions are none', () => {
  const zones = ['Europe/Berlin', 'UTC', 'America/Argentina/Ushuaia', '+01:00', 'Mars/Olympus', ''];
  expect(zones.map(isZone)).toEqual([true, true, true, false, false, false]);
});
