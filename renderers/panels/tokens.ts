/** A token list in columns, best first, down and then right. */
import type { FeatureReport, ListedToken } from '../../src/core/report/feature.js';
import { formatLength } from '../../src/text/numbers.js';
import { visiblePieces } from '../../src/text/visibleToken.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { type Line, measureLine, measureWords, type Ruler, type Style, shortened } from '../sheet/typeset.js';
import { contextTail } from './contextTail.js';

const SIZE = 19;
const ROW = 29;
const RANK_WIDTH = 40;
const GUTTER = 22;
const COLUMN = 250; // pixels
/** Width of a context before its token, and of a column with contexts. */
const CONTEXT_WIDTH = 270;
const CONTEXT_COLUMN = 520;
const HEADING = 46;

/** Width of one column of a report's list in pixels. */
export function tokenColumn({ hybrid }: Pick<FeatureReport, 'hybrid'>): number {
  return hybrid ? CONTEXT_COLUMN : COLUMN;
}

/** Rows of a list in so many columns. */
export function tokenListHeight(count: number, columns: number): number {
  return HEADING + Math.ceil(count / columns) * ROW;
}

export interface ShownList {
  title: string;
  /** Whether tokens are shown after their contexts. */
  contexts?: boolean;
  entries: {
    rank: number;
    token: string;
    /** The text before the token. */
    before?: string | undefined;
    /** Small text at the right. */
    note: string;
    colour: string;
  }[];
}

/** The list of a feature, with scores, or with activations and contexts. */
export function featureList({ tokens, parameters, hybrid }: FeatureReport, theme: Theme): ShownList {
  return {
    title: hybrid
      ? 'tokens by activation, after the text in which they fire best (* put there)'
      : `nearest tokens, by score (m ${formatLength(parameters.m)})`,
    contexts: hybrid !== undefined,
    entries: tokens.map((entry) => {
      const { rank, token, context } = entry;
      return { rank, token, before: context?.before, note: numberOf(entry), colour: theme.ink };
    }),
  };
}

export function tokensPanel(
  { title: words, contexts = false, entries }: ShownList,
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
  const tokenAt = RANK_WIDTH + (contexts ? CONTEXT_WIDTH : 0);
  const style = { size: SIZE, bold: false };
  const small = { size: 14, bold: false };
  for (const [index, { rank, token, before, note, colour }] of entries.entries()) {
    const x = Math.floor(index / perColumn) * (columnWidth + GUTTER);
    const y = HEADING + (index % perColumn) * ROW + ROW / 2;
    const put = (at: number, line: Line, lineStyle: Style, ink = theme.quiet) =>
      items.push({ kind: 'text', x: x + at, y, line, style: lineStyle, ...quiet, colour: ink });
    const rankLine = measureWords(String(rank), small, ruler);
    put(RANK_WIDTH - 10 - rankLine.width, rankLine, small);
    const noteLine = measureWords(note, small, ruler);
    put(columnWidth - noteLine.width, noteLine, small);
    if (before !== undefined) {
      const context = contextTail(before, style, ruler, CONTEXT_WIDTH - 6);
      put(tokenAt - 3 - context.width, context, style);
    }
    const pieces = visiblePieces([...token].slice(0, 60).join(''));
    const room = columnWidth - tokenAt - noteLine.width - 12;
    const tokenStyle = { size: SIZE, bold: before !== undefined };
    put(
      tokenAt,
      shortened(measureLine(pieces, tokenStyle, ruler), tokenStyle, ruler, room),
      tokenStyle,
      colour,
    );
  }
  return { width, height: tokenListHeight(entries.length, columns), items };
}

/** What ranks a token: the score by nearness, or the activation, with a star where the token was put into its context. */
function numberOf({ score, activation, context }: ListedToken): string {
  if (activation === undefined) return score.toFixed(3);
  return `${formatLength(activation)}${context?.written === false ? '*' : ''}`;
}
