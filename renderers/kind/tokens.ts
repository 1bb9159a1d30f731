/** The tokens at both ends: the suppressed left, the promoted right, as on the axis above them. */
import type { KindReport, LensToken } from '../../src/core/report/kind.js';
import { visiblePieces } from '../../src/text/visibleToken.js';
import { twoColumns } from '../panels/twoColumns.js';
import { LIMITS } from '../sheet/limits.js';
import { lineItem, type Pen, words } from '../sheet/pen.js';
import type { Panel } from '../sheet/scene.js';
import { wrap } from '../sheet/typeset.js';

const MOST_LINES = 5;

export function endsPanel({ promoted, suppressed }: KindReport, pen: Pen, width: number): Panel {
  const { theme, unit } = pen;
  const padding = unit * 0.5;
  const half = width / 2 - 1.5 * padding;
  const left = endItems('− suppresses', suppressed, theme.other, pen, half);
  const right = endItems('+ promotes', promoted, theme.accent, pen, half);
  return twoColumns(left, right, { width, padding, rightAt: half + 2 * padding, unit }, theme);
}

function endItems(title: string, tokens: readonly LensToken[], colour: string, pen: Pen, width: number) {
  const { ruler, theme, unit } = pen;
  const style = { size: Math.round(unit * 0.88), bold: false };
  const chunks = tokens.map(({ token }, index) => [
    ...(index === 0 ? [] : [{ text: '   ', mark: false }]),
    ...visiblePieces([...token].slice(0, LIMITS.tokenLength).join('')),
  ]);
  const items = [words(title, { x: 0, y: unit * 0.35, size: unit * 0.66, bold: true, colour }, pen)];
  const pitch = style.size * 1.4;
  const top = unit * 0.85;
  const lines = wrap(chunks, style, ruler, width, MOST_LINES);
  lines.forEach((line, index) => {
    items.push(lineItem(line, { x: 0, y: top + (index + 0.5) * pitch, ...style }, theme));
  });
  return { items, height: top + lines.length * pitch };
}
