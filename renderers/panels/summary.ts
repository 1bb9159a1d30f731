/** The part that a thumbnail shows: the strongest definitions and the first tokens in large type. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import { formatCutoff, formatProbability } from '../../src/text/numbers.js';
import { visiblePieces } from '../../src/text/visibleToken.js';
import { LIMITS } from '../sheet/limits.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import {
  type Line,
  measureLine,
  measureWords,
  type Ruler,
  type Style,
  shortened,
  wrap,
} from '../sheet/typeset.js';
import { definitionChunks } from '../text/definitionChunks.js';
import type { Definition } from '../text/definitions.js';
import { contextTail } from './contextTail.js';
import { twoColumns } from './twoColumns.js';

const LINE_HEIGHT = 1.3; // of the type's size
const MOST_LINES = 7;

/** @param unit the picture's large type in pixels */
export function summaryPanel(
  report: FeatureReport,
  definitions: readonly Definition[],
  theme: Theme,
  ruler: Ruler,
  width: number,
  unit: number,
): Panel {
  const padding = unit * 0.55;
  const gap = unit;
  const leftWidth = (width - 2 * padding - gap) * 0.66;
  const rightWidth = width - 2 * padding - gap - leftWidth;
  const left = definitionLines(report, definitions, theme, ruler, leftWidth, unit);
  const right = report.hybrid
    ? contextLines(report, theme, ruler, rightWidth, unit)
    : tokenLines(report, theme, ruler, rightWidth, unit);
  return twoColumns(left, right, { width, padding, rightAt: padding + leftWidth + gap, unit }, theme);
}

function heading(words: string, theme: Theme, ruler: Ruler, unit: number): Item {
  const style = { size: Math.round(unit * 0.58), bold: true };
  return {
    kind: 'text',
    x: 0,
    y: style.size * 0.6,
    line: measureWords(words, style, ruler),
    style,
    colour: theme.quiet,
    markColour: theme.quiet,
  };
}

function definitionLines(
  report: FeatureReport,
  definitions: readonly Definition[],
  theme: Theme,
  ruler: Ruler,
  width: number,
  unit: number,
): Panel {
  const empty = definitions.length === 0;
  const items = [
    heading(
      empty
        ? `no definition reaches ${formatCutoff(report.tree.cutoff)}; likeliest first tokens`
        : definitions.every(({ generic }) => generic)
          ? 'everything it says is generic; strongest definitions'
          : 'strongest definitions',
      theme,
      ruler,
      unit,
    ),
  ];
  const style = { size: Math.round(unit), bold: false };
  const rows = empty
    ? report.tree.candidates.slice(0, 5).map((candidate) => ({
        chunks: [visiblePieces(candidate.token)],
        colour: theme.ink,
        numberColour: theme.accent,
        probability: candidate.probability,
      }))
    : definitions.map((definition) => ({
        chunks: definitionChunks(definition),
        colour: definition.generic ? theme.quiet : theme.ink,
        numberColour: definition.generic ? theme.quiet : theme.accent,
        probability: definition.probability,
      }));
  const numberStyle = { size: Math.round(unit * 0.8), bold: true };
  const column = Math.max(
    unit * 2,
    ...rows.map((row) => measureWords(formatProbability(row.probability), numberStyle, ruler).width),
  );
  const indent = column + unit * 0.5;
  let y = unit * 0.95;
  let room = MOST_LINES;
  for (const [index, row] of rows.entries()) {
    const lines = wrap(
      row.chunks,
      style,
      ruler,
      width - indent,
      Math.min(
        Math.max(2, Math.floor(MOST_LINES / rows.length)),
        Math.max(1, room - (rows.length - index - 1)),
      ),
    );
    room -= lines.length;
    const number = measureWords(formatProbability(row.probability), numberStyle, ruler);
    const middle = y + (unit * LINE_HEIGHT) / 2;
    items.push({
      kind: 'text',
      x: column - number.width,
      y: middle,
      line: number,
      style: numberStyle,
      colour: row.numberColour,
      markColour: row.numberColour,
    });
    for (const line of lines) {
      items.push({
        kind: 'text',
        x: indent,
        y: y + (unit * LINE_HEIGHT) / 2,
        line,
        style,
        colour: row.colour,
        markColour: theme.quiet,
      });
      y += unit * LINE_HEIGHT;
    }
    y += unit * 0.12;
  }
  return { width, height: y, items };
}

function tokenLines(report: FeatureReport, theme: Theme, ruler: Ruler, width: number, unit: number): Panel {
  const items = [heading('nearest tokens', theme, ruler, unit)];
  const style = { size: Math.round(unit * 0.82), bold: false };
  // ` December` and `December` are one word to a reader; the full list has both.
  const words = new Set(report.tokens.map(({ token }) => token.trim() || token));
  const chunks = [...words]
    .slice(0, 10)
    .map((token, index) => [
      ...(index === 0 ? [] : [{ text: '   ', mark: false }]),
      ...visiblePieces([...token].slice(0, LIMITS.tokenLength).join('')),
    ]);
  const height = style.size * LINE_HEIGHT * 1.08;
  let y = unit * 0.95;
  for (const line of wrap(chunks, style, ruler, width, 6)) {
    items.push({
      kind: 'text',
      x: 0,
      y: y + height / 2,
      line,
      style,
      colour: theme.ink,
      markColour: theme.quiet,
    });
    y += height;
  }
  return { width, height: y, items };
}

/** The tokens that activate the feature most, each after the end of the text in which it does. */
function contextLines(report: FeatureReport, theme: Theme, ruler: Ruler, width: number, unit: number): Panel {
  const items = [heading('activating tokens', theme, ruler, unit)];
  const style = { size: Math.round(unit * 0.82), bold: true };
  const quiet = { size: style.size, bold: false };
  const height = style.size * LINE_HEIGHT * 1.08;
  let y = unit * 0.95;
  for (const { token, context } of report.tokens.slice(0, 6)) {
    const pieces = visiblePieces([...(token.trim() || token)].slice(0, LIMITS.tokenLength).join(''));
    const line = shortened(measureLine(pieces, style, ruler), style, ruler, width * 0.6);
    const gap = token.startsWith(' ') ? style.size * 0.3 : 0;
    const before = contextTail(context?.before ?? '', quiet, ruler, width - line.width - gap);
    const put = (x: number, what: Line, lineStyle: Style, colour: string) =>
      items.push({
        kind: 'text',
        x,
        y: y + height / 2,
        line: what,
        style: lineStyle,
        colour,
        markColour: theme.quiet,
      });
    put(0, before, quiet, theme.quiet);
    put(before.width + gap, line, style, theme.ink);
    y += height;
  }
  return { width, height: y, items };
}
