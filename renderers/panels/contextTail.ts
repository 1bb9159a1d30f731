import type { VisiblePiece } from '../../src/text/visibleToken.js';
import {
  flowingPieces,
  type Line,
  measureLine,
  type Ruler,
  type Style,
  shortened,
} from '../sheet/typeset.js';

/** More words than this never fit. */
const MOST_WORDS = 30;
const LONGEST_WORD = 40;
/** Characters shown of a last word that does not fit, as in scripts without spaces. */
const END_OF_WORD = 8;

/** The last words of a text that fit, after `…` when there were more. */
export function contextTail(text: string, style: Style, ruler: Ruler, room: number): Line {
  const words = text.split(/(?= )/);
  let line = measureLine([], style, ruler);
  let pieces: VisiblePiece[] = [];
  for (let first = words.length - 1; first >= Math.max(0, words.length - MOST_WORDS); first--) {
    const longer = [...flowingPieces(words[first]!, LONGEST_WORD), ...pieces];
    const shown = first > 0 ? [{ text: '…', mark: true }, ...longer] : longer;
    const measured = measureLine(shown, style, ruler);
    if (measured.width > room) break;
    pieces = longer;
    line = measured;
  }
  if (pieces.length > 0 || text === '') return line;
  const end = flowingPieces([...text].slice(-END_OF_WORD).join(''), LONGEST_WORD);
  return shortened(measureLine([{ text: '…', mark: true }, ...end], style, ruler), style, ruler, room);
}
