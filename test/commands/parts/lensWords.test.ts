import { expect, test } from 'vitest';
import { lensLine, mergedWords } from '../../../commands/parts/lensWords.js';

const tokens = (...words: [string, number][]) =>
  words.map(([token, weight]) => ({ tokenId: 0, token, weight }));

test('forms of one word are one', () => {
  const words = [' travel', 'Travel', ' traveled', ' trip', '\n', ' '].map((token) => ({
    token,
  }));
  expect(mergedWords(words, 4)).toEqual(['travel', 'trip', '⏎', '·']);
});

test('only what is further out than the ends of meaningless directions is named', () => {
  const logits = {
    promoted: tokens([' travel', 6], [' trip', 4.5], [' of', 3]),
    suppressed: tokens([' home', -3]),
    standardDeviation: 1,
    random: { promoted: 4, suppressed: 4 },
  };
  expect(lensLine({ logits }, 5)).toEqual(['Promotes travel, trip']);
  expect(lensLine({ logits: { ...logits, random: { promoted: 9, suppressed: 2 } } }, 5)).toEqual([
    'Suppresses home',
  ]);
  expect(lensLine({ logits: { ...logits, random: { promoted: 9, suppressed: 9 } } }, 5)).toEqual([]);
});
