/** Running text as pieces that are not broken at the end of a line. Pure. */
import type { VisiblePiece } from '../../src/text/visibleToken.js';
import { LIMITS } from '../sheet/limits.js';
import { flowingPieces } from '../sheet/typeset.js';

/** Before a space, or after a character of a script without spaces. */
const BREAK = /(?= )|(?<=[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/u;

/** A word each, with the space before it. */
export function wordChunks(text: string): VisiblePiece[][] {
  return text
    .split(BREAK)
    .filter((word) => word !== '')
    .map((word) => flowingPieces(word, LIMITS.tokenLength));
}
