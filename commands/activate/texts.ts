import { addressLength } from '../line/address.js';
import type { CommandRequest } from '../line/command.js';
import { inQuotes } from '../line/grammar.js';

/** The part of a command line that names a feature or a layer, and the part that is text. */
export interface AddressAndTexts {
  address: string[];
  names: 'feature' | 'layer' | 'nothing';
  texts: string[];
}

/**
 * Separates the texts of a command line from the words that name a feature. A word in quotes, or (from a shell, which
 * takes the quotes away) one with white space in it, is a separate text; other words are joined to one text. A text of
 * several lines is several texts. `text=` replaces all others.
 */
export function readTexts(
  { words, quoted }: CommandRequest,
  textOption: string | undefined,
): AddressAndTexts {
  const isText = words.map((word, index) => quoted?.has(index) || /\s/.test(word));
  const firstText = isText.indexOf(true);
  const plain = firstText < 0 ? words : words.slice(0, firstText);
  const { words: count, names } = addressLength(plain);
  const texts: string[] = [];
  let together: string[] = [];
  for (let index = count; index <= words.length; index++) {
    if (index < words.length && !isText[index]) {
      together.push(words[index]!);
      continue;
    }
    if (together.length > 0) texts.push(together.join(' '));
    together = [];
    if (index < words.length) texts.push(words[index]!);
  }
  const chosen = textOption === undefined ? texts : [textOption];
  return { address: words.slice(0, count), names, texts: chosen.flatMap(linesOf) };
}

/** The words of a command line that stand for texts. */
export function textWords(texts: readonly string[]): string[] {
  const [only] = texts;
  // From a shell, which takes quotes away, this would read as part of an address or an option.
  const isMistakable = !/\s/.test(only ?? ' ') || /^[A-Za-z][\w-]*=/.test(only!);
  return texts.length === 1 && isMistakable ? [`text=${inQuotes(only!)}`] : texts.map(inQuotes);
}

/** The command line for a text that a form holds. */
export function activateLine({
  layer,
  feature,
  text,
  options,
}: {
  layer: string | undefined;
  feature: string | undefined;
  text: string;
  options: readonly string[];
}): string {
  const address = [layer, feature].filter((word) => word !== undefined && word !== '');
  return ['activate', ...address, ...textWords(linesOf(text)), ...options].join(' ');
}

/** The lines of a text that are not blank. */
function linesOf(text: string): string[] {
  return text.split(/\r\n|[\n\r\u2028\u2029]/).filter((line) => line.trim() !== '');
}
