import { expect, test } from 'vitest';
import { variationsLast } from '../../../../src/core/features/speak/variations.js';

const ordered = (...texts: string[]) =>
  variationsLast(texts.map((text) => ({ text }))).map(({ text }) => text);

test('what says something else comes first, and the same text once', () => {
  expect(
    ordered(
      'a long trip',
      'a long trip abroad',
      'travel',
      'A long trip',
      'Travel',
      'the act of going abroad',
    ),
  ).toEqual(['a long trip', 'travel', 'the act of going abroad', 'a long trip abroad']);
});

test('texts without words are told apart by what they are', () => {
  expect(ordered('...', '!', '...')).toEqual(['...', '!']);
});
