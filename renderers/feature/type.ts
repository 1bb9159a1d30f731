/** Lengths and type of the card, in pixels. All that must be read is READ high or more, and nothing is below SMALL. */
import { type Pen, words } from '../sheet/pen.js';
import type { Item } from '../sheet/scene.js';

/** Inside its margins. At 1.5 to 1 it fills the boxes in which chats show pictures: 550 x 350, 360 x 360. */
export const SHEET = { width: 1_420, height: 952, margin: 40, top: 22, bottom: 26 } as const;
/** 9 px high where the picture is 360 px wide, as in a thumbnail of Slack's. */
export const READ = 40;
/** Words that may be missed in a thumbnail. */
export const SMALL = 28;
/** From line to line of the large type. */
export const PITCH = 52;
export const GAP = 14;
/** Height of a heading in small type. */
export const HEADING = 40;

/** A heading at the top left, and where words may go on beside it. */
export function headingItem(text: string, pen: Pen): [Item, number] {
  const placed = { x: 0, y: HEADING / 2, size: SMALL, bold: true, colour: pen.theme.quiet };
  const item = words(text, placed, pen);
  return [item, (item.kind === 'text' ? item.line.width : 0) + 18];
}

/** A swatch of a colour with what it stands for beside it. @returns where the next may begin */
export function swatchItems(
  { fill, hatched = false }: { fill: string; hatched?: boolean },
  text: string,
  { x, y, size, width }: { x: number; y: number; size: number; width: number },
  pen: Pen,
): { items: Item[]; end: number } {
  const side = Math.round(size * 0.72);
  const box = { x, y: y - side / 2, width: side, height: side };
  const swatch: Item = hatched
    ? { kind: 'hatch', ...box, colour: fill }
    : { kind: 'box', ...box, radius: 3, fill };
  const from = x + side + size * 0.3;
  const item = words(
    text,
    { x: from, y, size, colour: pen.theme.quiet, width: Math.max(0, width - from) },
    pen,
  );
  const end = from + (item.kind === 'text' ? item.line.width : 0);
  return { items: [swatch, item], end };
}
