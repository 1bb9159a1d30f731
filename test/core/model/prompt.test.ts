import { expect, test } from 'vitest';
import { GHOST } from '../../../src/core/model/ports.js';
import { tokenizePrompt } from '../../../src/core/model/prompt.js';

const letters = 'abc"’» ';
const tokenizer = {
  bos: 99,
  encode: (text: string) => [...text].map((letter) => letters.indexOf(letter)),
  text: (tokenId: number) => letters[tokenId] ?? '',
};
const closing = (prompt: string, close = true) => {
  const { closes } = tokenizePrompt(prompt, tokenizer, close);
  return [...letters].filter((_, tokenId) => closes(tokenId));
};

test('the ghost stands between the tokens before and after it, behind BOS', () => {
  expect(tokenizePrompt('ab{ghost}c', tokenizer, true).ids).toEqual([99, 0, 1, GHOST, 2]);
});

test('the quote at the end of the prompt decides what closes a definition', () => {
  expect(closing('a{ghost}"')).toEqual(['"']);
  expect(closing('a{ghost}‘')).toEqual(['’']);
  expect(closing('a{ghost}«')).toEqual(['»']);
});

test('without a quote at the end, or with close=off, nothing closes it', () => {
  expect(closing('a{ghost}b')).toEqual([]);
  expect(closing('a{ghost}"', false)).toEqual([]);
});

test.each(['a', '{ghost}{ghost}'])('the prompt "%s" is refused', (prompt) => {
  expect(() => tokenizePrompt(prompt, tokenizer, true)).toThrow(/must contain \{ghost\} exactly once/);
});
