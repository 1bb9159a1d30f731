import { InputError } from '../../src/core/index.js';
import type { CommandRequest } from './command.js';

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
  for (const character of line.replaceAll(/[“”]/g, '"')) {
    const mayQuote = !inWord || word.endsWith('=') || justClosed;
    justClosed = false;
    if (quote) {
      justClosed = character === quote;
      if (justClosed) quote = '';
      else word += character;
    } else if ((character === '"' || character === "'") && mayQuote) {
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
  return value !== '' && !/[\s"']/.test(value) ? value : inQuotes(value);
}

/** Writes a text so that `splitWords` reads it back as one, which is in quotes always. */
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
