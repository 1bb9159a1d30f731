import { InputError } from '../src/core/index.js';
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
  const words: string[] = [];
  let word = '';
  let quote = '';
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
      inWord = true;
    } else if (/\s/.test(character)) {
      if (inWord) words.push(word);
      word = '';
      inWord = false;
    } else {
      word += character;
      inWord = true;
    }
  }
  if (quote) throw new InputError(`A quote (${quote}) is not closed.`);
  if (inWord) words.push(word);
  return words;
}

/**
 * Writes a value so that `splitLine` reads it back: in quotes where it needs them, in several pieces where it
 * holds both kinds of quotes.
 */
export function quoted(value: string): string {
  if (value === '') return "''";
  if (!/[\s"']/.test(value)) return value;
  if (!value.includes('"') && value.includes("'")) return `"${value}"`;
  const pieces = value.match(/[^']+|'+/g)!;
  return pieces.map((piece) => (piece.startsWith("'") ? `"${piece}"` : `'${piece}'`)).join('');
}

/**
 * Sorts words (from `splitLine`, or from a shell) into plain ones and `key=value` pairs. Addresses of web pages
 * hold "=", too, and stay words.
 *
 * @throws {InputError} when a key is given twice
 */
export function toRequest(words: readonly string[]): CommandRequest {
  const request: CommandRequest = { words: [], values: new Map() };
  for (const word of words) {
    const pair = /^([A-Za-z][\w-]*)=(.*)$/s.exec(word);
    if (!pair) {
      request.words.push(word);
      continue;
    }
    const [, key, value] = pair as unknown as [string, string, string];
    if (request.values.has(key.toLowerCase())) throw new InputError(`${key} is given twice: keep one.`);
    request.values.set(key.toLowerCase(), value);
  }
  return request;
}
