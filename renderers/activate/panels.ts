/** What both pictures of `/activate` are made of. */
import type { ActivateParameters } from '../../src/core/report/activate.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';
import { COLUMN, type ColumnPicture, columnPen, paintColumn } from '../canvas/column.js';
import { headPanel } from '../panels/head.js';
import { moved } from '../sheet/arrange.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { type ShadedText, type ShadeOptions, shades } from '../sheet/shadedText.js';
import { THEMES } from '../sheet/theme.js';

const { width: WIDTH, unit: UNIT } = COLUMN;
const GAP = 18; // pixels
export const NUMBER_WIDTH = UNIT * 3.6;
const TYPE = 32;
/** Size of the words above a text. */
const ABOVE = 23;

/** What stands at the head of a picture besides its title. */
interface Head {
  model: { id: string };
  parameters: Pick<ActivateParameters, 'bos'>;
  details: string[];
}

export function penOf({ theme }: Pick<ActivateParameters, 'theme'>): Promise<Pen> {
  return columnPen(THEMES[theme]);
}

export async function drawPanels({ theme }: Pen, panels: Panel[], alt: string): Promise<ColumnPicture> {
  return { ...(await paintColumn(panels, GAP, theme, shades(theme))), alt };
}

/** What was asked, with the model and small details below. */
export function titlePanel(title: string, { model, parameters, details }: Head, pen: Pen): Panel {
  const shown = [...details, ...(parameters.bos ? ['with the token that begins every sequence'] : [])];
  return headPanel({ title, model, command: 'activate', details: shown }, pen, WIDTH);
}

/** A text, perhaps with a label to its left, and a line of quiet words above it. */
export function textPanel(
  shaded: (options: ShadeOptions) => ShadedText,
  { left, label, above }: { left: number; label: string; above?: string | undefined },
  max: number,
  lines: number,
  pen: Pen,
): Panel {
  const { theme, ruler } = pen;
  const body = shaded({ width: WIDTH - left, size: TYPE, max, lines, theme, ruler });
  const items: Item[] = [{ kind: 'box', x: 0, y: -2, width: WIDTH, height: 1, radius: 0, fill: theme.rule }];
  if (left > 0)
    items.push(words(label, { x: 0, y: TYPE * 1.35, size: TYPE, bold: true, width: left - 20 }, pen));
  if (above !== undefined) {
    const line = { x: left, y: TYPE * 0.7, size: ABOVE, colour: theme.quiet, width: WIDTH - left };
    items.push(words(above, line, pen));
  }
  // The peak's number stands between both.
  const down = above === undefined ? 0 : ABOVE * 1.7;
  items.push(...moved(body.items, left, down));
  return { width: WIDTH, height: body.height + down, items };
}

/** A text as an alt text quotes it. */
export function quoted(text: string): string {
  return shorten(text.trim() === '' ? visibleToken(text) : readable(text.trim()), 80);
}
