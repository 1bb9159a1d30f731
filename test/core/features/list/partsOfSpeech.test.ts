import { expect, test } from 'vitest';
import { partOfSpeech } from '../../../../src/core/features/list/partsOfSpeech.js';
import { tokenSets } from '../../../../src/core/features/list/tokenSets.js';

test('a word is what it mostly is in WordNet’s tagged texts', () => {
  // By index.sense: "age" is 104 times a noun, twice a verb; "run" 268 times a verb, 29 times a noun; "red" 58 times
  // an adjective, 17 times a noun; "then" 537 times an adverb, 6 times a noun, once an adjective.
  const words = ['age', 'run', 'red', 'quickly', 'london'];
  expect(words.map(partOfSpeech)).toEqual(['noun', 'verb', 'adjective', 'adverb', 'noun']);
  // "fast" has no part with more than half; "in" is a preposition; "he" is helium only to WordNet.
  expect(['fast', 'in', 'he', 'the', 'xyzzy', ''].map(partOfSpeech)).toEqual(Array(6).fill(undefined));
});

test('tokens are looked up without their leading space, whatever their case', () => {
  const texts = [' Age', 'age', ' run', 'ing', ' the', ' 12'];
  const tokenizer = { bos: 0, encode: () => [], text: (id: number) => texts[id]! };
  const sets = new Map(
    tokenSets(tokenizer, [0, 1, 2, 3, 4, 5]).map(({ name, members }) => [name, [...members]]),
  );
  expect(sets.get('nouns')).toEqual([0, 1]);
  expect(sets.get('verbs')).toEqual([2]);
  expect(sets.get('adjectives')).toEqual([]);
});
