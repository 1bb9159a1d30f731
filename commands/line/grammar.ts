import { InputError } from '../../src/core/index.js';
import type { CommandRequest } from './command.js';

/**
 * The longest command line that is read. The longest field of a chat's form (4 000 characters in Discord) fits, also
 * when each of its characters has to be quoted by itself, and so do sixteen texts of 1 200 characters; a message of
 * Slack may have 40 000 characters, which nobody means as a question.
 */
export const LONGEST_LINE = 20_000;

/** Whether a line, or the parts of one together, is too long to be read. */
export function isTooLong(...parts: readonly string[]): boolean {
  return parts.reduce((sum, { length }) => sum + length, 0) > LONGEST_LINE;
}

/** @throws {InputError} when the line is longer than is read */
export function checkLength(...parts: readonly string[]): void {
  if (!isTooLong(...parts)) return;
  throw new InputError(
    `That is too long for a question: at most ${LONGEST_LINE} characters are read. Please shorten its texts, or ask about each by itself.`,
  );
}

/** Which characters end a text that begins with one of these; all others in it are part of the text. */
const CLOSING: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["'", "'"],
  // Phones write “so”, „so“, „so” or ”so”.
  ['“', '“”'],
  ['”', '“”'],
  ['„', '“”'],
]);
const NEEDS_QUOTES = /[\s"'“”„]/;

/**
 * Splits a command line as people type it in a chat: words and `key=value` pairs, values with spaces in quotes.
 * As in a shell, quoted pieces may stand side by side: `'It'"'"'s'`.
 *
 *     splitLine(`10 777 scale=4 prompt='The word "{ghost}" means "'`)
 *
 * @throws {InputError} when a quote is not closed
 */
export function splitLine(line: string): string[] {
  return splitWords(line).map(({ text }) => text);
}

/** A word of a command line; one that begins with a quote is a text, whatever it holds. */
export interface Word {
  text: string;
  quoted: boolean;
}

/** As `splitLine`, and which words began with a quote. @throws {InputError} when a quote is not closed */
export function splitWords(line: string): Word[] {
  const words: Word[] = [];
  let word = '';
  let quote = '';
  let quoted = false;
  let inWord = false;
  let justClosed = false;
  // A flag, because looking at the end of a growing string takes time with the square of its length.
  let afterEqualsSign = false;
  for (const character of line) {
    const mayQuote = !inWord || afterEqualsSign || justClosed;
    justClosed = false;
    afterEqualsSign = character === '=';
    if (quote) {
      justClosed = CLOSING.get(quote)!.includes(character);
      if (justClosed) quote = '';
      else word += character;
    } else if (CLOSING.has(character) && mayQuote) {
      quote = character;
      quoted ||= !inWord;
      inWord = true;
    } else if (/\s/.test(character)) {
      if (inWord) words.push({ text: word, quoted });
      word = '';
      quoted = false;
      inWord = false;
    } else {
      word += character;
      inWord = true;
    }
  }
  if (quote) throw new InputError(`A quote (${quote}) is not closed.`);
  if (inWord) words.push({ text: word, quoted });
  return words;
}

/**
 * Writes a value so that `splitLine` reads it back: in quotes where it needs them, in several pieces where it
 * holds both kinds of quotes.
 */
export function quoted(value: string): string {
  return value !== '' && !NEEDS_QUOTES.test(value) ? value : inQuotes(value);
}

/** Writes a text, always in quotes, so that `splitWords` reads it back as one word. */
export function inQuotes(value: string): string {
  if (value === '') return "''";
  if (!value.includes('"') && value.includes("'")) return `"${value}"`;
  const pieces = value.match(/[^']+|'+/g)!;
  return pieces.map((piece) => (piece.startsWith("'") ? `"${piece}"` : `'${piece}'`)).join('');
}

/**
 * Sorts words (from `splitWords`, or from a shell) into plain ones and `key=value` pairs. Addresses of web pages
 * hold "=", too, and stay words, and so do texts in quotes.
 *
 * @throws {InputError} when a key is given twice
 */
export function toRequest(words: readonly (string | Word)[]): CommandRequest {
  const quoted = new Set<number>();
  const request: CommandRequest = { words: [], values: new Map(), quoted };
  for (const word of words) {
    const { text, quoted: isText } = typeof word === 'string' ? { text: word, quoted: false } : word;
    const pair = isText ? null : /^([A-Za-z][\w-]*)=(.*)$/s.exec(text);
    if (!pair) {
      if (isText) quoted.add(request.words.length);
      request.words.push(text);
      continue;
    }
    const [, key, value] = pair as unknown as [string, string, string];
    if (request.values.has(key.toLowerCase())) throw new InputError(`${key} is given twice: keep one.`);
    request.values.set(key.toLowerCase(), value);
  }
  return request;
}
