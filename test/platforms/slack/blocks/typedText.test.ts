import { expect, test } from 'vitest';
import { typedText } from './typedText.js';

test.each([
  ['a < b & c', 'a &lt; b &amp; c'],
  ['<@U0GHOST> scale=5', '<@U0GHOST> scale=5'],
  [
    'see https://neuronpedia.org/gemma-2b/10-res-jb/777!',
    'see <https://neuronpedia.org/gemma-2b/10-res-jb/777!>',
  ],
  ['https://a.org/?x=1&y=2', '<https://a.org/?x=1&amp;y=2>'],
  ['neuronpedia.org/gpt2-small', '<http://neuronpedia.org/gpt2-small|neuronpedia.org/gpt2-small>'],
  ['L10 F777 scale=0.5 blocks.10.hook', 'L10 F777 scale=0.5 blocks.10.hook'],
])('%s is read as %s', (typed, read) => {
  expect(typedText(typed)).toBe(read);
});
