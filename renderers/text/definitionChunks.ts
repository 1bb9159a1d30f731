/** A definition as unbreakable pieces, a word each. Pure. */

import type { VisiblePiece } from '../../src/text/visibleToken.js';
import { LIMITS } from '../sheet/limits.js';
import { flowingPieces } from '../sheet/typeset.js';
import type { Definition } from './definitions.js';

/** The words of a definition, connecting words in the quiet colour of marks; `…` after an unfinished definition. */
export function definitionChunks(definition: Definition): VisiblePiece[][] {
  const chunks: VisiblePiece[][] = [];
  for (const { text, connector } of runsOf(definition)) {
    for (const part of text.split(/(?= )/)) {
      const pieces = flowingPieces(part, LIMITS.tokenLength);
      const shown = pieces.map(({ text: pieceText, mark }) => ({ text: pieceText, mark: mark || connector }));
      // A word may begin as a connector and be particular from its second token on.
      if (chunks.length > 0 && !part.startsWith(' ')) chunks.at(-1)!.push(...shown);
      else chunks.push(shown);
    }
  }
  if (!definition.ended) chunks.push([{ text: ' …', mark: true }]);
  return chunks;
}

/** The definition's text, divided where connecting words and particular ones meet. */
function runsOf({ path, text }: Definition): { text: string; connector: boolean }[] {
  const whole = path.map(({ token }) => token).join('');
  let skipped = whole.indexOf(text);
  let left = text;
  const runs: { text: string; connector: boolean }[] = [];
  for (const { token, connector = false } of path) {
    const length = Math.max(0, token.length - skipped);
    skipped = Math.max(0, skipped - token.length);
    const part = left.slice(0, length);
    left = left.slice(length);
    if (part === '') continue;
    const run = runs.at(-1);
    if (run?.connector === connector) run.text += part;
    else runs.push({ text: part, connector });
  }
  return runs;
}
