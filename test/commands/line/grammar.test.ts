import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inQuotes, quoted, splitLine, splitWords, toRequest } from '../../../commands/line/grammar.js';
import { InputError } from '../../../src/core/report/errors.js';

test('words are split at white space', () => {
  expect(splitLine('  10   777\tscale=4 ')).toEqual(['10', '777', 'scale=4']);
});

test('a value in quotes keeps its spaces and the other kind of quote', () => {
  expect(splitLine(`10 777 prompt='The word "{ghost}" means "' top=3`)).toEqual([
    '10',
    '777',
    'prompt=The word "{ghost}" means "',
    'top=3',
  ]);
  expect(splitLine('prompt="It\'s {ghost}"')).toEqual(["prompt=It's {ghost}"]);
});

test('the curly quotes that phones type count as straight ones', () => {
  expect(splitLine('prompt=“a {ghost} is”')).toEqual(['prompt=a {ghost} is']);
});

test('an apostrophe inside a word is no quote', () => {
  expect(splitLine("it's 10 777")).toEqual(["it's", '10', '777']);
});

test('a quote that is not closed is an error', () => {
  expect(() => splitLine('prompt="oh')).toThrow(new InputError('A quote (") is not closed.'));
});

test('pairs become values with lower-case keys and the rest stays words', () => {
  const { words, values } = toRequest(['10', '777', 'Scale=4', 'prompt=a=b']);
  expect(words).toEqual(['10', '777']);
  expect(Object.fromEntries(values)).toEqual({ scale: '4', prompt: 'a=b' });
});

test('an address of a web page stays a word', () => {
  const address = 'https://www.neuronpedia.org/gemma-2b/10-res-jb/777?tab=1';
  expect(toRequest([address]).words).toEqual([address]);
});

test('a key that is given twice is an error', () => {
  expect(() => toRequest(['scale=1', 'SCALE=2'])).toThrow(new InputError('SCALE is given twice: keep one.'));
});

test('any line is either split or refused with an InputError', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (line) => {
      try {
        toRequest(splitLine(line));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
  );
});

test.each([
  ['plain', 'plain'],
  ['', "''"],
  ['two words', "'two words'"],
  ["it's two", '"it\'s two"'],
  ['the "{ghost}" is', `'the "{ghost}" is'`],
  [`"{ghost}" isn't`, `'"{ghost}" isn'"'"'t'`],
])('the value <%s> is written as %s', (value, written) => {
  expect(quoted(value)).toBe(written);
});

test('a quoted value is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', "'", '=', ' ', 'a') }), (value) => {
      expect(splitLine(`prompt=${quoted(value)}`)).toEqual([`prompt=${value}`]);
    }),
  );
});

test('words without quotes survive a round trip', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9=./{}_-]+$/);
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(splitLine(words.join(' '))).toEqual(words);
    }),
  );
});

test.each([` a `, `"`, `'"'"`, `“it's”`, `„so“`, `\\"`, `a=b`, `line\nline`, `=“`, `”`, `''`])(
  'whatever a form holds is quoted so that it is read back: %j',
  (text) => {
    expect(splitLine(`x=${quoted(text)} y`)).toEqual([`x=${text}`, 'y']);
    expect(splitWords(`${inQuotes(text)} y`)).toEqual([
      { text, quoted: true },
      { text: 'y', quoted: false },
    ]);
  },
);

test.each([
  ['„the ship“ „a boat“', ['the ship', 'a boat']],
  ['”the ship” “a boat”', ['the ship', 'a boat']],
  [`prompt='The word “{ghost}” means “'`, ['prompt=The word “{ghost}” means “']],
])('typographic quotes stand around texts, and are part of others: %s', (line, words) => {
  expect(splitLine(line)).toEqual(words);
});
