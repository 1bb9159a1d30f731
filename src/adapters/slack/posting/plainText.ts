/** Characters that change the reading direction of what follows, or hide. Line breaks and tabs are not among them. */
const UNSEEN = /[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/gu;
const RIGHT_TO_LEFT =
  /[\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}\p{sc=Samaritan}\p{sc=Mandaic}\p{sc=Adlam}\p{sc=Rohg}]/u;
const RIGHT_TO_LEFT_RUN = new RegExp(
  `${RIGHT_TO_LEFT.source}(?:[\\p{M}\\s]*${RIGHT_TO_LEFT.source})*\\p{M}*`,
  'gu',
);
const LEFT_TO_RIGHT_MARK = '\u200E';
const ISOLATE = '\u2067';
const POP_ISOLATE = '\u2069';
/** Joins two characters without being seen; Slack's readers of addresses and names do not look past it. */
const WORD_JOINER = '\u2060';

/**
 * Text that is safe anywhere in a message: invisible characters are shown as `U+202E`, and words of right-to-left
 * scripts keep their direction to themselves, so that numbers and columns beside them stay where they are.
 */
export function plainText(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(UNSEEN, (character) => ('\n\t'.includes(character) ? character : codeName(character)))
    .split('\n')
    .map(isolated)
    .join('\n');
}

/** Takes the marks of `plainText` out again, from text that somebody copied. */
export function withoutMarks(text: string): string {
  return text.replaceAll(/[\u200E\u2060\u2066-\u2069]/g, '');
}

/**
 * The text that notifications and screen readers get beside the blocks. Slack reads markup in it, so that is
 * escaped; names and addresses that its clients would guess are broken up invisibly.
 */
export function fallbackText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/(?<=@)(?=\p{L})|(?<=:)(?=\/\/)|(?=\.\p{L})|(?<=mailto)(?=:)/gu, WORD_JOINER)
    .replaceAll(/[*_~`]/g, `${WORD_JOINER}$&${WORD_JOINER}`);
}

/** Pieces of at most `most` characters, cut between lines where lines are short enough, and never inside a character. */
export function pieces(text: string, most: number): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > most) {
    const line = rest.lastIndexOf('\n', most);
    const cut = line > 0 ? line : wholeCharacters(rest, most);
    parts.push(rest.slice(0, cut));
    rest = rest.slice(line > 0 ? cut + 1 : cut);
  }
  return rest === '' ? parts : [...parts, rest];
}

function wholeCharacters(text: string, most: number): number {
  const after = text.codePointAt(most - 1)!;
  return after > 0xffff ? most - 1 : most;
}

function isolated(line: string): string {
  if (!RIGHT_TO_LEFT.test(line)) return line;
  return LEFT_TO_RIGHT_MARK + line.replaceAll(RIGHT_TO_LEFT_RUN, `${ISOLATE}$&${POP_ISOLATE}`);
}

function codeName(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
