import { expect, test } from 'vitest';
import { lineOfSentence } from '../../../commands/line/address.js';

test.each([
  ['what does feature 777 in layer 10 mean?', 'feature 10 777'],
  ['could you look at L10 F777, please', 'feature 10 777'],
  ['https://www.neuronpedia.org/gpt2-small/6-res-jb/650 what is that?', 'feature 6 650 model=gpt2-small'],
  ['see <https://neuronpedia.org/gemma-2b/10/7?x=1|this>', 'feature 10 7 model=gemma-2b'],
  ['are layer 10 feature 777 and layer 14 feature 301 alike?', 'compare 10 777 14 301'],
  ['F777 of L10 against feature 301 in layer 14', 'compare 10 777 14 301'],
  ['L10 F777, I mean feature 777 in layer 10', 'feature 10 777'],
])('"%s" asks %s', (sentence, line) => {
  expect(lineOfSentence(sentence)).toBe(line);
});

test.each(['what does 777 mean?', 'featur 0 7', 'hello', 'L1 F1, L2 F2 and L3 F3'])(
  '"%s" asks nothing',
  (sentence) => {
    expect(lineOfSentence(sentence)).toBeUndefined();
  },
);
