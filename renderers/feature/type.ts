/** Type that the parts of the card share, in units of its large type. */
import { type Pen, words } from '../sheet/pen.js';
import type { Item } from '../sheet/scene.js';

/** Height of a heading with the space below it. */
export const HEADING = 1.15;
/** Size of words that may be missed in a thumbnail. */
export const SMALL = 0.58;

/** A heading at the top left, and where words may go on beside it. */
export function headingItem(text: string, pen: Pen): [Item, number] {
  const { unit, theme } = pen;
  const placed = { x: 0, y: (unit * HEADING) / 2, size: unit * 0.66, bold: true, colour: theme.quiet };
  const item = words(text, placed, pen);
  return [item, (item.kind === 'text' ? item.line.width : 0) + unit * 0.5];
}
