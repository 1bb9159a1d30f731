import { createHash } from 'node:crypto';
import { splitWords, toRequest } from '../line/grammar.js';

/** Characters of one option in a name, and of the whole name; what is longer stands there as a digest. */
const LONGEST_OPTION = 24;
const LONGEST_NAME = 120;

/**
 * The name of an answer's files, without an ending: a base, and every option of the line that asks the question again,
 * so that no other answer has the same name. `gemma-2b-L10-F777-encoder-scale4-theme-light`.
 *
 * @param base what the answer is about
 * @param line leaves out what is a default
 * @param inBase options that the base holds already
 */
export function fileName(base: string, line: string, inBase: readonly string[] = []): string {
  const { words, values, quoted } = toRequest(splitWords(line));
  const texts = words.filter((_, index) => quoted?.has(index));
  const options = [...values]
    .filter(([name]) => name !== 'model' && !inBase.includes(name))
    .map(([name, value]) => partOf(name, value));
  if (texts.length > 0) options.unshift(digest(JSON.stringify(texts)));
  const name = [base, ...options].join('-');
  return name.length <= LONGEST_NAME ? name : `${base}-${digest(options.join('-'))}`;
}

/** `scale4`, `theme-light`; a text is a digest of it. */
function partOf(name: string, value: string): string {
  if (/^[\d.e-]+$/.test(value)) return `${name}${value}`;
  const isWord = /^[a-z]+$/.test(value) && value.length <= LONGEST_OPTION;
  return `${name}-${isWord ? value : digest(value)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
