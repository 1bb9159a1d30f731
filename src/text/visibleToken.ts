/**
 * Makes a token's text safe and legible to show: nothing in the answer is invisible, moves the reading
 * direction or breaks the line. Pure; chat adapters use it too.
 */

/** A piece of shown text: the token's own characters, or a mark that stands for something unseen. */
export interface VisiblePiece {
  text: string;
  /** True for marks (`·`, `⏎`, `U+200B`), which pictures draw in a quieter colour. */
  mark: boolean;
}

/** Marks a reader can learn from the picture's footer. Other unseen characters become `U+XXXX`. */
const MARKS: ReadonlyMap<string, string> = new Map([
  [' ', '·'],
  ['\n', '⏎'],
  ['\r', '␍'],
  ['\t', '⇥'],
]);

/** Stands for a token without any text. */
export const EMPTY_MARK = '∅';

/** More combining signs than this on one letter would climb over the neighbouring lines. */
const MOST_SIGNS = 4;
/** A run of this many equal marks is written once, with its count. */
const COUNT_FROM = 4;

const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u{FFFC}\u{FFFD}]/u;
const SIGN = /\p{M}/u;
const PICTURE = /\p{Extended_Pictographic}|\p{Emoji_Modifier}|\uFE0F|\p{Regional_Indicator}/u;
const JOINED = /[\p{L}\p{M}]/u;

/** The name of a code point, such as `U+00A0`. */
export function codeName(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * @param text a token as the tokenizer decodes it
 * @returns one line of visible text: spaces as `·`, newline `⏎`, carriage return `␍`, tab `⇥`, four or more
 *   equal marks counted (`⇥×8`), and `U+XXXX` for control and bidi characters, invalid bytes and the like
 */
export function visibleToken(text: string): string {
  return visiblePieces(text)
    .map((piece) => piece.text)
    .join('');
}

/** As `visibleToken`, with the marks apart from the token's own characters. */
export function visiblePieces(text: string): VisiblePiece[] {
  if (text === '') return [{ text: EMPTY_MARK, mark: true }];
  const characters = [...text];
  const pieces: VisiblePiece[] = [];
  let signs = 0;
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index]!;
    signs = SIGN.test(character) ? signs + 1 : 0;
    if (isOwnText(characters, index) && signs <= MOST_SIGNS) {
      const afterMark = pieces.at(-1)?.mark ?? true;
      // A combining sign needs something to sit on, or it would sit on the mark before it.
      if (afterMark && SIGN.test(character)) append(pieces, '◌', false);
      append(pieces, character, false);
      continue;
    }
    let count = 1;
    while (characters[index + count] === character) count++;
    const mark = MARKS.get(character) ?? codeName(character);
    if (count >= COUNT_FROM) index += count - 1;
    append(pieces, count >= COUNT_FROM ? `${mark}×${count}` : mark, true);
  }
  return pieces;
}

function append(pieces: VisiblePiece[], text: string, mark: boolean): void {
  const last = pieces.at(-1);
  if (last && last.mark === mark) last.text += text;
  else pieces.push({ text, mark });
}

/** Whether a character can stand for itself where it stands. */
function isOwnText(characters: readonly string[], index: number): boolean {
  const character = characters[index]!;
  if (!UNSEEN.test(character)) return true;
  const before = characters[index - 1] ?? '';
  const after = characters[index + 1] ?? '';
  // Joiners shape the letters (Persian, Indic scripts) and emoji around them.
  if (character === '\u200C' || character === '\u200D')
    return (JOINED.test(before) && JOINED.test(after)) || (PICTURE.test(before) && PICTURE.test(after));
  // Variation selectors choose between the text and the emoji form of the character before them.
  if (character === '\uFE0E' || character === '\uFE0F') return before !== '' && !UNSEEN.test(before);
  return false;
}
