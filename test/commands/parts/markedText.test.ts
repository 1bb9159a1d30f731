import { expect, test } from 'vitest';
import { markedText, shownToken } from '../../../commands/parts/markedText.js';

const tokens = (...texts: string[]) => texts.map((token) => ({ token }));

test('the marked token stands between guillemets, its space before them', () => {
  expect(markedText(tokens('In', ' 1994', ' the'), 1)).toBe('In «1994» the');
  expect(markedText(tokens('In', ' 1994'), 0)).toBe('«In» 1994');
  expect(markedText(tokens('a', ' ', 'b'), 1)).toBe('a«·»b');
  expect(markedText(tokens('a', '\n'), 1)).toBe('a«⏎»');
  expect(markedText(tokens('In', ' 1994'), undefined)).toBe('In 1994');
});

test('of a long text the part around the mark is shown', () => {
  const long = tokens(...Array.from({ length: 100 }, (_, i) => ` ${i}`));
  const shown = markedText(long, 50);
  expect(shown.startsWith('… 20 21')).toBe(true);
  expect(shown.endsWith(' 64 65…')).toBe(true);
  expect(markedText(long, undefined)).toMatch(/^ ?0 1 .* 45…$/);
});

test('nothing in it is invisible, and long tokens are cut', () => {
  expect(markedText(tokens('a\u202Eb', ' \x1b[31m'), 0)).toBe('«aU+202Eb» U+001B[31m');
  expect(shownToken(' ')).toBe('“·”');
  expect([...shownToken('x'.repeat(4000))]).toHaveLength(42);
});
