/** A few tokens in running lines, each beside a bar that tells how strongly it belongs to the feature. */
import { visiblePieces } from '../../src/text/visibleToken.js';
import { LIMITS } from '../sheet/limits.js';
import { lineItem, type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { measureLine, shortened } from '../sheet/typeset.js';
import type { TrueTokens } from '../text/trueTokens.js';

const PITCH = 1.3; // of the type's size

/**
 * @param size of the tokens' type in pixels
 * @param mostLines tokens that need more are left out
 * @param small size of the heading's type in pixels
 */
export function tokenStrip(
  { heading, isActivation, tokens }: TrueTokens,
  pen: Pen,
  width: number,
  { size, mostLines, small }: { size: number; mostLines: number; small: number },
): Panel {
  if (tokens.length === 0) return { width, height: 0, items: [] };
  const { theme, ruler } = pen;
  const style = { size, bold: false };
  const pitch = size * PITCH;
  const bar = { width: Math.round(size * 0.22), height: size * 0.9 };
  const fill = isActivation ? theme.activation : theme.accent;
  const items: Item[] = [];
  const title = words(heading, { x: 0, y: pitch / 2, size: small, bold: true, colour: theme.quiet }, pen);
  items.push(title);
  let x = (title.kind === 'text' ? title.line.width : 0) + size * 0.6;
  let line = 0;
  for (const { token, share, isPut } of tokens) {
    const pieces = visiblePieces([...token].slice(0, LIMITS.tokenLength).join(''));
    const whole = isPut ? [...pieces, { text: '*', mark: true }] : pieces;
    const room = width - bar.width * 2;
    const measured = shortened(measureLine(whole, style, ruler), style, ruler, room);
    if (x > 0 && x + bar.width * 1.6 + measured.width > width) {
      if (++line === mostLines) break;
      x = 0;
    }
    const middle = (line + 0.5) * pitch;
    const foot = middle + bar.height / 2;
    const tall = Math.max(2, bar.height * share);
    const box = { kind: 'box', x, width: bar.width, radius: 0 } as const;
    items.push({ ...box, y: foot - bar.height, height: bar.height, fill: theme.rule });
    items.push({ ...box, y: foot - tall, height: tall, fill });
    x += bar.width * 1.6;
    items.push(lineItem(measured, { x, y: middle, ...style }, theme));
    x += measured.width + size * 0.55;
  }
  return { width, height: (Math.min(line, mostLines - 1) + 1) * pitch, items };
}
