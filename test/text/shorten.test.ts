import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneLine, shorten } from '../../src/text/shorten.js';
import { ownTime } from '../support/ownTime.js';

test.each([
  ['short', 5, 'short'],
  ['longer', 5, 'long…'],
  ['', 0, ''],
  ['a', 0, '…'],
  ['ab', 1, '…'],
  ['四角形です', 3, '四角…'],
])('%j in %i', (text, most, expected) => {
  expect(shorten(text, most)).toBe(expected);
});

test('what looks like one character is not cut', () => {
  const family = '👨‍👩‍👧';
  expect(shorten(`a${family}b`, family.length + 1)).toBe('a…');
  expect(shorten(`a${family}bc`, family.length + 2)).toBe(`a${family}…`);
  expect(shorten('🇩🇪🇫🇷', 6)).toBe('🇩🇪…');
  expect(shorten('e\u0301e\u0301', 3)).toBe('e\u0301…');
  expect(shorten('xe\u0301', 2)).toBe('x…');
  // The tone of skin is a code point of its own.
  expect(shorten('ab👍🏽c', 5)).toBe('ab…');
  expect(shorten('\r\n\r\n', 2)).toBe('\r…');
});

test('of a character that has no room the beginning is shown', () => {
  const stacked = `z${'\u0301'.repeat(50)}`;
  expect(shorten(stacked, 10)).toBe(`z${'\u0301'.repeat(8)}…`);
  expect(shorten('👍🏽👍🏽', 4)).toBe('👍…');
});

test('any text: its beginning, never too long, no half of a pair that was whole', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.integer({ min: 1, max: 30 }),
      (text, most) => {
        const short = shorten(text, most);
        expect(short.length).toBeLessThanOrEqual(most);
        if (text.length <= most) {
          expect(short).toBe(text);
          return;
        }
        expect(short.endsWith('…')).toBe(true);
        expect(text.startsWith(short.slice(0, -1))).toBe(true);
        expect(() => encodeURIComponent(short)).not.toThrow();
      },
    ),
  );
});

test('a very long text takes no longer than what is shown of it', () => {
  const text = 'e\u0301👍🏽'.repeat(2_000_000);
  const start = ownTime();
  for (let i = 0; i < 100; i++) shorten(text, 60);
  expect(ownTime() - start).toBeLessThan(1000);
});

test('one line: nothing breaks it, turns it or hides in it', () => {
  expect(oneLine(' a\r\nb\tc\u0000d\u202Ee\u200Bf\u2028g ', 60)).toBe('a b c d e f g');
  expect(oneLine('\u0007', 60)).toBe('');
  expect(oneLine(`a\n${'b'.repeat(100)}`, 10)).toBe('a bbbbbbb…');
});
