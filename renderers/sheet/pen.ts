/** How panels write: the pen, and one line of words with it. */
import type { Item } from './scene.js';
import type { Theme } from './theme.js';
import { type Line, measureWords, type Ruler, shortened } from './typeset.js';

/** How a panel writes; lengths in pixels. */
export interface Pen {
  theme: Theme;
  ruler: Ruler;
  /** Size of the large type, which is legible in a thumbnail. */
  unit: number;
}

export interface Placed {
  x: number;
  /** Vertical middle. */
  y: number;
  size: number;
  bold?: boolean;
  colour?: string;
  align?: 'left' | 'middle' | 'right';
  /** Longer words end in `…`. */
  width?: number;
}

/** One line of words that are not model output. */
export function words(text: string, placed: Placed, { ruler, theme }: Pen): Item {
  const style = { size: Math.round(placed.size), bold: placed.bold ?? false };
  const measured = measureWords(text, style, ruler);
  const line = placed.width === undefined ? measured : shortened(measured, style, ruler, placed.width);
  return lineItem(line, placed, theme);
}

/** One line that is already measured. */
export function lineItem(line: Line, placed: Placed, theme: Theme): Item {
  const { x, y, size, bold = false, colour = theme.ink, align = 'left' } = placed;
  const shift = align === 'left' ? 0 : align === 'right' ? line.width : line.width / 2;
  const style = { size: Math.round(size), bold };
  return { kind: 'text', x: x - shift, y, line, style, colour, markColour: theme.quiet };
}

export function rule(x0: number, y0: number, x1: number, y1: number, colour: string, dashed = false): Item {
  return { kind: 'curve', x0, y0, x1, y1, thickness: 1, colour, dashed };
}
