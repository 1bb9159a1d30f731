/** The token list in a line or two: what is missed by nobody, so it takes the least room. */
import type { FeatureReport, ListedToken } from '../../src/core/report/feature.js';
import { formatLength } from '../../src/text/numbers.js';
import { type VisiblePiece, visiblePieces } from '../../src/text/visibleToken.js';
import { LIMITS } from '../sheet/limits.js';
import { lineItem, type Pen } from '../sheet/pen.js';
import type { Panel } from '../sheet/scene.js';
import { wrap } from '../sheet/typeset.js';
import { SMALL } from './type.js';

const PITCH = 1.5; // of the type's size
/** The end of a context that is shown before its token. */
const CONTEXT = 24;

/** How much of the picture the list gets. */
export function listRoom({ tokens }: FeatureReport): { tokens: number; lines: number } {
  return { tokens: Math.min(25, tokens.length), lines: tokens.length === 0 ? 0 : 2 };
}

export function listPanel(report: FeatureReport, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const room = listRoom(report);
  const style = { size: Math.round(unit * SMALL), bold: false };
  const heading = report.hybrid ? 'activating tokens, after texts (* put there)' : 'nearest tokens';
  const chunks = [
    [{ text: heading, mark: true }],
    ...shownTokens(report)
      .slice(0, room.tokens)
      .map((pieces) => [{ text: '   ', mark: false }, ...pieces]),
  ];
  const lines = room.lines === 0 ? [] : wrap(chunks, style, ruler, width, room.lines);
  const pitch = style.size * PITCH;
  return {
    width,
    height: lines.length * pitch,
    items: lines.map((line, index) =>
      lineItem(line, { x: 0, y: (index + 0.5) * pitch, ...style, colour: theme.ink }, theme),
    ),
  };
}

function shownTokens({ tokens, hybrid }: FeatureReport): VisiblePiece[][] {
  if (hybrid) return tokens.map(inContext);
  // ` December` and `December` are one word to a reader.
  const merged = new Set(tokens.map(({ token }) => token.trim() || token));
  return [...merged].map(tokenPieces);
}

function tokenPieces(token: string): VisiblePiece[] {
  return visiblePieces([...token].slice(0, LIMITS.tokenLength).join(''));
}

/** The end of the text in which it fires best, the token, and how active the feature is there. */
function inContext({ token, context, activation = 0 }: ListedToken): VisiblePiece[] {
  const before = [...(context?.before ?? '')];
  const end = before.length > CONTEXT ? `…${before.slice(-CONTEXT).join('')}` : before.join('');
  const note = ` ${formatLength(activation)}${context?.written === false ? '*' : ''}`;
  const text = visiblePieces(end).map((piece) => ({ ...piece, mark: true }));
  return [...text, ...tokenPieces(token), { text: note, mark: true }];
}
