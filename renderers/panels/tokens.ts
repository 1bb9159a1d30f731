/** A token list in columns, best first, down and then right. */
import type { FeatureReport } from '../../src/core/report.js';
import { formatLength } from '../numbers.js';
import type { Item, Panel } from '../scene.js';
import { measureLine, measureWords, type Ruler, shortened } from '../text/typeset.js';
import { visiblePieces } from '../text/visibleToken.js';
import type { Theme } from '../theme.js';

const SIZE = 19;
const ROW = 29;
const RANK_WIDTH = 40;
const GUTTER = 22;
export const TOKEN_COLUMN = 250; // pixels
const HEADING = 46;

/** Rows of a list in so many columns. */
export function tokenListHeight(count: number, columns: number): number {
  return HEADING + Math.ceil(count / columns) * ROW;
}

export interface ShownList {
  title: string;
  entries: {
    rank: number;
    token: string;
    /** Stands small at the right. */
    note: string;
    colour: string;
  }[];
}

/** The list of a feature, with scores. */
export function featureList({ tokens, parameters }: FeatureReport, theme: Theme): ShownList {
  return {
    title: `nearest tokens, by score (m ${formatLength(parameters.m)})`,
    entries: tokens.map(({ rank, token, score }) => {
      return { rank, token, note: score.toFixed(3), colour: theme.ink };
    }),
  };
}

export function tokensPanel(
  { title: words, entries }: ShownList,
  theme: Theme,
  ruler: Ruler,
  width: number,
  columns: number,
): Panel {
  const title = { size: 24, bold: true };
  const items: Item[] = [
    {
      kind: 'text',
      x: 0,
      y: 14,
      line: measureWords(words, title, ruler),
      style: title,
      colour: theme.quiet,
      markColour: theme.quiet,
    },
  ];
  const perColumn = Math.max(1, Math.ceil(entries.length / columns));
  const columnWidth = (width - GUTTER * (columns - 1)) / columns;
  const style = { size: SIZE, bold: false };
  const small = { size: 14, bold: false };
  for (const [index, { rank, token, note, colour }] of entries.entries()) {
    const x = Math.floor(index / perColumn) * (columnWidth + GUTTER);
    const y = HEADING + (index % perColumn) * ROW + ROW / 2;
    const rankLine = measureWords(String(rank), small, ruler);
    const noteLine = measureWords(note, small, ruler);
    const pieces = visiblePieces([...token].slice(0, 60).join(''));
    const room = columnWidth - RANK_WIDTH - noteLine.width - 12;
    const line = shortened(measureLine(pieces, style, ruler), style, ruler, room);
    const quiet = { colour: theme.quiet, markColour: theme.quiet };
    items.push({
      kind: 'text',
      x: x + RANK_WIDTH - 10 - rankLine.width,
      y,
      line: rankLine,
      style: small,
      ...quiet,
    });
    items.push({
      kind: 'text',
      x: x + RANK_WIDTH,
      y,
      line,
      style,
      colour,
      markColour: theme.quiet,
    });
    items.push({
      kind: 'text',
      x: x + columnWidth - noteLine.width,
      y,
      line: noteLine,
      style: small,
      ...quiet,
    });
  }
  return { width, height: tokenListHeight(entries.length, columns), items };
}
