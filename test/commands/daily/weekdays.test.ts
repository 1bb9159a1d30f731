import fc from 'fast-check';
import { expect, test } from 'vitest';
import { daysText, parseDays } from '../../../commands/daily/weekdays.js';

test.each([
  ['daily', [1, 2, 3, 4, 5, 6, 7]],
  ['mon-fri', [1, 2, 3, 4, 5]],
  ['Mon, Wed,saturday', [1, 3, 6]],
  ['sat-mon', [1, 6, 7]],
  ['tue,mon-wed', [1, 2, 3]],
  ['sun', [7]],
])('%s is days %j', (text, days) => {
  expect(parseDays(text)).toEqual(days);
});

test.each(['', 'mo', 'mon-', '-fri', 'mon-fri-sun', 'mon,,tue', 'weekdays', 'monday-sundae', '1-5'])(
  '"%s" names no days',
  (text) => {
    expect(parseDays(text)).toBeUndefined();
  },
);

test('whatever days are written are read back', () => {
  const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }).map((all) => all.sort());
  fc.assert(
    fc.property(days, (all) => {
      expect(parseDays(daysText(all))).toEqual(all);
    }),
  );
  expect(daysText([1, 2, 3, 5, 6])).toBe('mon-wed,fri,sat');
});
