/** A row for each scale: how it does by every criterion, as curves that run down the rows, and what it says. */
import type { Criterion, ScalePoint, SweepReport } from '../../src/core/report/sweep.js';
import { formatFactor, formatLength, formatProbability } from '../../src/text/numbers.js';
import { LIMITS } from '../sheet/limits.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { flowingPieces, measureWords, type Ruler, type Style, wrap } from '../sheet/typeset.js';

const ROW = 50;
const TEXT = { size: 32, bold: false };
const NUMBER = { size: 28, bold: true };
const HEADING = { size: 21, bold: true };
const SMALL = { size: 18, bold: false };
const HEAD = 92; // height of the headings
const SCALES = 112; // width of the column of scales
const CURVES = 94; // width of one criterion's column
const GAP = 14;
const PROBABILITY = 84;

/** In the order of the columns; the name has two lines. */
const COLUMNS: readonly { criterion: Criterion; name: [string, string]; unit: string }[] = [
  { criterion: 'readBack', name: ['read', 'back'], unit: '' },
  { criterion: 'activation', name: ['active', 'at ghost'], unit: '' },
  { criterion: 'divergence', name: ['against', 'random'], unit: 'bits' },
  { criterion: 'entropy', name: ['entropy', ''], unit: 'bits' },
  { criterion: 'agreement', name: ['agrees', 'around'], unit: '' },
];

const KEY =
  'Each curve is drawn from 0 to its own maximum, scales on a logarithmic axis in units of the mean token distance. Read back: activation of the feature on the definitions read as text. Active at ghost: its activation at the ghost. Against random: divergence of the first token from that of random ghosts. Agrees around: likeness of the first token at neighbouring scales. Percentages: probability of the definition. Grey: said before.';

export function sweepTable(report: SweepReport, theme: Theme, ruler: Ruler, width: number): Panel {
  const { points, chosen } = report;
  const items: Item[] = [];
  const y = (index: number) => HEAD + (index + 0.5) * ROW;
  const words = (text: string, x: number, middle: number, style: Style, colour: string, right = false) => {
    const line = measureWords(text, style, ruler);
    items.push({
      kind: 'text',
      x: right ? x - line.width : x,
      y: middle,
      line,
      style,
      colour,
      markColour: theme.quiet,
    });
  };
  const height = points.length * ROW;
  COLUMNS.forEach((_, column) => {
    const fill = theme.panel;
    items.push({ kind: 'box', x: columnLeft(column), y: HEAD, width: CURVES, height, radius: 8, fill });
  });
  const marked = { x: -14, y: y(chosen.index) - ROW / 2, width: width + 28, height: ROW };
  items.push({ kind: 'box', ...marked, radius: 10, fill: theme.rule });
  words('scale', SCALES - 8, HEAD - 24, HEADING, theme.quiet, true);
  words('says first', textLeft() + PROBABILITY + 12, HEAD - 24, HEADING, theme.quiet);
  COLUMNS.forEach(({ criterion, name, unit }, column) => {
    const colour = criterion === chosen.criterion ? theme.accent : theme.branch;
    const heading = criterion === chosen.criterion ? theme.accent : theme.quiet;
    const values = points.map((point) => point[criterion]);
    const largest = Math.max(...values);
    const left = columnLeft(column);
    for (const [line, part] of name.entries()) words(part, left, 12 + line * 24, HEADING, heading);
    words(`to ${formatLength(largest)} ${unit}`.trim(), left, HEAD - 24, SMALL, theme.quiet);
    const x = (value: number) => left + 8 + (largest > 0 ? value / largest : 0) * (CURVES - 16);
    for (let i = 1; i < values.length; i++) {
      const ends = { x0: x(values[i - 1]!), y0: y(i - 1), x1: x(values[i]!), y1: y(i) };
      items.push({ kind: 'line', ...ends, thickness: 5, colour });
    }
    const best = { x: x(values[chosen.index]!), y: y(chosen.index) };
    items.push({ kind: 'dot', ...best, radius: 9, fill: theme.end });
  });
  points.forEach((point, index) => {
    const best = index === chosen.index;
    const label = `${formatFactor(point.relative)} ×`;
    words(
      label,
      SCALES - 8,
      y(index),
      { ...TEXT, size: 28, bold: best },
      best ? theme.end : theme.quiet,
      true,
    );
    items.push(...definition(point, points[index - 1], best, y(index), width, theme, ruler));
  });
  const foot = HEAD + height + 16;
  const chunks = KEY.split(/(?= )/).map((text) => [{ text, mark: false }]);
  const lines = wrap(chunks, SMALL, ruler, width, 4);
  lines.forEach((line, i) => {
    const colour = theme.quiet;
    items.push({ kind: 'text', x: 0, y: foot + 13 + i * 26, line, style: SMALL, colour, markColour: colour });
  });
  return { width, height: foot + lines.length * 26, items };
}

function columnLeft(column: number): number {
  return SCALES + 10 + column * (CURVES + GAP);
}

function textLeft(): number {
  return columnLeft(COLUMNS.length) + 6;
}

/** The leading definition of a scale on one line; quiet where the scale before says the same. */
function definition(
  { definitions: [leading] }: ScalePoint,
  before: ScalePoint | undefined,
  best: boolean,
  y: number,
  width: number,
  theme: Theme,
  ruler: Ruler,
): Item[] {
  if (!leading) return [];
  const isRepeated = before?.definitions[0]?.text === leading.text && !best;
  const number = measureWords(formatProbability(leading.probability), NUMBER, ruler);
  const chunks = leading.text.split(/(?= )/).map((word) => flowingPieces(word, LIMITS.tokenLength));
  if (!leading.ended) chunks.push([{ text: ' …', mark: true }]);
  const left = textLeft() + PROBABILITY + 12;
  const style = { ...TEXT, bold: best };
  const [line] = wrap(chunks, style, ruler, width - left, 1);
  const quiet = theme.quiet;
  return [
    {
      kind: 'text',
      x: textLeft() + PROBABILITY - number.width,
      y,
      line: number,
      style: NUMBER,
      colour: isRepeated ? quiet : theme.accent,
      markColour: quiet,
    },
    ...(line
      ? [
          {
            kind: 'text' as const,
            x: left,
            y,
            line,
            style,
            colour: isRepeated ? quiet : theme.ink,
            markColour: quiet,
          },
        ]
      : []),
  ];
}
