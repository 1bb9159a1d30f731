/** A token list in columns, best first, down and then right. */
import { visiblePieces } from '../../src/text/visibleToken.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { type Line, measureLine, measureWords, type Ruler, type Style, shortened } from '../sheet/typeset.js';

const SIZE = 19;
const ROW = 29;
const RANK_WIDTH = 40;
const GUTTER = 22;
const HEADING = 46;

/** Rows of a list in so many columns. */
function tokenListHeight(count: number, columns: number): number {
  return HEADING + Math.ceil(count / columns) * ROW;
}

export interface ShownList {
  title: string;
  entries: {
    rank: number;
    token: string;
    /** Small text at the right. */
    note: string;
    colour: string;
  }[];
}

export function tokensPanel(
  { title: words, entries }: ShownList,
  theme: Theme,
  ruler: Ruler,
  width: number,
  columns: number,
): Panel {
  const quiet = { colour: theme.quiet, markColour: theme.quiet };
  const title = { size: 24, bold: true };
  const heading = measureWords(words, title, ruler);
  const items: Item[] = [{ kind: 'text', x: 0, y: 14, line: heading, style: title, ...quiet }];
  const perColumn = Math.max(1, Math.ceil(entries.length / columns));
  const columnWidth = (width - GUTTER * (columns - 1)) / columns;
  const style = { size: SIZE, bold: false };
  const small = { size: 14, bold: false };
  for (const [index, { rank, token, note, colour }] of entries.entries()) {
    const x = Math.floor(index / perColumn) * (columnWidth + GUTTER);
    const y = HEADING + (index % perColumn) * ROW + ROW / 2;
    const put = (at: number, line: Line, lineStyle: Style, ink = theme.quiet) =>
      items.push({ kind: 'text', x: x + at, y, line, style: lineStyle, ...quiet, colour: ink });
    const rankLine = measureWords(String(rank), small, ruler);
    put(RANK_WIDTH - 10 - rankLine.width, rankLine, small);
    const noteLine = measureWords(note, small, ruler);
    put(columnWidth - noteLine.width, noteLine, small);
    const pieces = visiblePieces([...token].slice(0, 60).join(''));
    const room = columnWidth - RANK_WIDTH - noteLine.width - 12;
    put(RANK_WIDTH, shortened(measureLine(pieces, style, ruler), style, ruler, room), style, colour);
  }
  return { width, height: tokenListHeight(entries.length, columns), items };
}
