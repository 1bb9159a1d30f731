import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';

/** Tokens shown before and after the marked one, so that a line fits a message. */
const ROOM = { before: 30, after: 15 };
const LONGEST_TOKEN = 40;

/**
 * A text on one line, around a token that is marked: `In «1994» the ship sailed`.
 *
 * @param marked index of the token; undefined marks none and shows the beginning
 * @param room most tokens shown before and after it
 */
export function markedText(
  tokens: readonly { token: string }[],
  marked: number | undefined,
  { before: most, after } = ROOM,
): string {
  const first = Math.max(0, (marked ?? 0) - most);
  const end = Math.min(tokens.length, (marked ?? 0) + after + 1 + (marked === undefined ? most : 0));
  const text = (from: number, to: number) =>
    readable(
      tokens
        .slice(from, to)
        .map(({ token }) => shorten(token, LONGEST_TOKEN))
        .join(''),
    );
  const dots = (are: boolean) => (are ? '…' : '');
  if (marked === undefined) return `${text(first, end)}${dots(end < tokens.length)}`;
  const { token } = tokens[marked]!;
  const [, space = '', word = ''] = /^( ?)(.*)$/s.exec(token) ?? [];
  const inside = word === '' ? visibleToken(token) : readable(shorten(word, LONGEST_TOKEN));
  const before = text(first, marked) + (word === '' ? '' : space);
  return `${dots(first > 0)}${before}«${inside}»${text(marked + 1, end)}${dots(end < tokens.length)}`.trimStart();
}

/** A token in a sentence: in quotes, without the space before it. */
export function shownToken(token: string): string {
  const word = token.trim();
  return `“${word === '' ? visibleToken(token) : readable(shorten(word, LONGEST_TOKEN))}”`;
}
