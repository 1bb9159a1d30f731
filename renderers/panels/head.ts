/** The head of every picture but the card: what it is of, in which model, which command drew it, and small details. */
import { readable } from '../../src/text/readable.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';

export interface Head {
  /** `layer 10 · feature 777`. */
  title: string;
  model: { id: string };
  /** The command, or what of its answer is drawn. */
  command: string;
  details: readonly string[];
}

/** Sizes of the type in units. */
const SIZES = { title: 0.9, command: 0.66, details: 0.55 };

export function headPanel({ title, model, command, details }: Head, pen: Pen, width: number): Panel {
  const { theme, unit } = pen;
  const y = unit * 0.6;
  const right = words(
    command,
    { x: width, y, size: unit * SIZES.command, bold: true, colour: theme.quiet, align: 'right' },
    pen,
  );
  const room = width - widthOf(right) - unit * 0.5;
  const left = words(title, { x: 0, y, size: unit * SIZES.title, bold: true, width: room }, pen);
  const after = widthOf(left) + unit * 0.5;
  const place = { x: after, y, size: unit * SIZES.title, bold: true, colour: theme.quiet };
  const name = words(readable(model.id), { ...place, width: Math.max(0, room - after) }, pen);
  const shown = details
    .filter((text) => text !== '')
    .map(readable)
    .join(' · ');
  const below = { x: 0, y: unit * 1.55, size: unit * SIZES.details, colour: theme.quiet, width };
  return {
    width,
    height: unit * (shown === '' ? 1.2 : 2),
    items: [left, name, right, words(shown, below, pen)],
  };
}

function widthOf(item: Item): number {
  return item.kind === 'text' ? item.line.width : 0;
}
