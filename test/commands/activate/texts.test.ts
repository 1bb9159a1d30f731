import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activateLine, readTexts, textWords } from '../../../commands/activate/texts.js';
import { splitWords, toRequest } from '../../../commands/line/grammar.js';

/** What a line typed into a chat says. */
function read(line: string) {
  const request = toRequest(splitWords(line));
  return readTexts(request, request.values.get('text'));
}

test.each([
  ['10 777 "In 1994 the ship sailed"', ['10', '777'], ['In 1994 the ship sailed']],
  ['10 777 In 1994 the ship sailed', ['10', '777'], ['In 1994 the ship sailed']],
  ['L10 F777 "a b" \'c "d"\'', ['L10', 'F777'], ['a b', 'c "d"']],
  ['10/777 "777"', ['10/777'], ['777']],
  ['10 "777"', ['10'], ['777']],
  ['L10 the ship', ['L10'], ['the ship']],
  ['gpt2-small/6-res-jb "x"', ['gpt2-small/6-res-jb'], ['x']],
  [
    'https://www.neuronpedia.org/gemma-2b/10-res-jb/777 x',
    ['https://www.neuronpedia.org/gemma-2b/10-res-jb/777'],
    ['x'],
  ],
  ['"the ship"', [], ['the ship']],
  ['10 777 "a=b" "theme=light x"', ['10', '777'], ['a=b', 'theme=light x']],
  ['10 777 “it’s curly”', ['10', '777'], ['it’s curly']],
  ['10 777 "one\ntwo\n\n  three"', ['10', '777'], ['one', 'two', '  three']],
  ['10 777 "a" text="b c"', ['10', '777'], ['b c']],
  ['10 777 "It\'s" bos=on', ['10', '777'], ["It's"]],
])('%s', (line, address, texts) => {
  expect(read(line)).toMatchObject({ address, texts });
});

test('what a shell leaves of quotes is read alike', () => {
  const fromShell = (...words: string[]) => readTexts(toRequest(words), undefined).texts;
  expect(fromShell('10', '777', 'the ship', 'sailed on')).toEqual(['the ship', 'sailed on']);
  expect(fromShell('10', '777', 'the', 'ship')).toEqual(['the ship']);
});

test('any texts that are written are read back', () => {
  const line = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => /\S/.test(text));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 3 }), (texts) => {
      const wanted = readTexts({ words: [], values: new Map() }, texts.join('\n')).texts;
      if (wanted.length === 0) return;
      expect(read(`10 777 ${textWords(wanted).join(' ')} bos=on`).texts).toEqual(wanted);
    }),
  );
});

test('a form stands for the line that somebody would have typed', () => {
  const text = 'one\n"two" isn\'t a=b\n';
  const line = activateLine({ layer: '10', feature: undefined, text, options: ['model=gloss-12l'] });
  expect(read(line.replace('activate ', ''))).toEqual({
    address: ['10'],
    names: 'layer',
    texts: ['one', '"two" isn\'t a=b'],
  });
});
