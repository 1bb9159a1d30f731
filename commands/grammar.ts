import { InputError } from '../src/core/index.js';
import type { CommandRequest } from './command.js';

/**
 * Splits a command line as people type it in a chat: words and `key=value` pairs, values with spaces in quotes.
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
  for (const character of line.replaceAll(/[“”]/g, '"')) {
    if (quote) {
      if (character === quote) quote = '';
      else word += character;
    } else if ((character === '"' || character === "'") && (!inWord || word.endsWith('='))) {
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
