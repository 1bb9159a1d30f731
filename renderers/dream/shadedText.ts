/** Text whose tokens are shaded by how active a feature is on them. */
import type { DreamtText } from '../../src/core/report/dream.js';
import { between, lineItem, type Pen } from '../kind/parts.js';
import { LIMITS } from '../limits.js';
import type { Item } from '../scene.js';
import { flowingPieces, type Line, measureLine } from '../text/typeset.js';
import type { Theme } from '../theme.js';

/** Shades between none and full: more than the eye tells apart would fill the palette. */
const SHADES = 6;
/** How far the fullest shade goes from the ground to the colour of the mark, so that words on it stay legible. */
const DEPTH = { dark: 0.62, light: 0.5 };

/** A token that was measured, with the box behind it. */
interface Placed {
  line: Line;
  fill: string | undefined;
  x: number;
  row: number;
}

/**
 * @param top vertical middle of the first line
 * @param most lines
 * @returns the items, boxes first, and the number of lines
 */
export function shadedText(
  { tokens }: DreamtText,
  highest: number,
  { x, top, width, size, most }: { x: number; top: number; width: number; size: number; most: number },
  pen: Pen,
): { items: Item[]; lines: number } {
  const { theme, ruler } = pen;
  const style = { size, bold: false };
  const pitch = size * 1.45;
  const placed: Placed[] = [];
  let at = 0;
  let row = 0;
  for (const { token, activation } of tokens) {
    const measured = (text: string) => measureLine(flowingPieces(text, LIMITS.tokenLength), style, ruler);
    let line = measured(token);
    if (at > 0 && at + line.width > width) {
      row++;
      at = 0;
      line = measured(token.trimStart() || token);
    }
    if (row >= most) break;
    placed.push({ line, fill: shadeOf(activation / highest, theme), x: at, row });
    at += line.width;
  }
  const boxes = placed.flatMap(({ line, fill, x: from, row: index }): Item[] =>
    fill === undefined
      ? []
      : [
          {
            kind: 'box',
            x: x + from,
            y: top + index * pitch - pitch * 0.46,
            width: line.width,
            height: pitch * 0.92,
            radius: 5,
            fill,
          },
        ],
  );
  const words = placed.map(({ line, x: from, row: index }) =>
    lineItem(line, { x: x + from, y: top + index * pitch, size }, theme),
  );
  return { items: [...boxes, ...words], lines: (placed.at(-1)?.row ?? 0) + 1 };
}

/** Colours that the shades may have, for the palette. */
export function shadesOf(theme: Theme): string[] {
  return Array.from({ length: SHADES }, (_, i) => shadeOf((i + 1) / SHADES, theme)!);
}

function shadeOf(share: number, theme: Theme): string | undefined {
  const step = Math.ceil(Math.min(1, share) * SHADES);
  if (!(step > 0)) return undefined;
  const isDark = theme.background < '#8';
  return between(theme.background, theme.end, (step / SHADES) * (isDark ? DEPTH.dark : DEPTH.light));
}
