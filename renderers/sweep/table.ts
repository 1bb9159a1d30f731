/**
 * What a feature says at each scale, a row for each run of scales that say the same, with the probability of the leading
 * definition and what the feature reads back as bars; below, the other criteria as curves over all scales.
 */
import type { Criterion, ScalePoint, SweepReport } from '../../src/core/report/sweep.js';
import { formatFactor, formatLength, formatProbability } from '../../src/text/numbers.js';
import { keyPanel } from '../panels/key.js';
import { stacked } from '../sheet/arrange.js';
import { lineItem, type Pen, rule, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { wrap } from '../sheet/typeset.js';
import { wordChunks } from '../text/wordChunks.js';
import { type ScaleRun, scaleRuns } from './scaleRuns.js';

/** Lengths in pixels. */
const ROW = 50;
const HEAD = 40;
const TEXT = 32;
const SMALL = 24;
const SCALES = 220; // where the column of scales ends
const NUMBER = 140;
const BAR = 200;
const SPACE = 16;
const CURVES = { height: 150, gap: 36 };

/** In the order in which they stand. */
const CRITERIA: readonly { criterion: Criterion; name: string; unit: string }[] = [
  { criterion: 'readBack', name: 'read back', unit: '' },
  { criterion: 'activation', name: 'active at the ghost', unit: '' },
  { criterion: 'divergence', name: 'unlike random ghosts', unit: ' bits' },
  { criterion: 'entropy', name: 'entropy', unit: ' bits' },
  { criterion: 'agreement', name: 'like its neighbours', unit: '' },
];

const KEY = [
  'Says: the likeliest definition there, with its probability.',
  'Read back: how active the feature is on the definitions, read as text.',
  'Active at the ghost: its activation there.',
  'Unlike random ghosts: divergence of the first token; like its neighbours: likeness of the first token at neighbouring scales.',
  'Curves run over all scales, on a logarithmic axis in units of the mean token distance, from 0 to the number beside them; the line marks the best scale.',
];

/** @param maximum the feature's largest known activation; without one bars are of the largest that is read back here */
export function sweepTable(report: SweepReport, maximum: number | undefined, pen: Pen, width: number): Panel {
  const key = keyPanel(KEY, pen, width, 20, 5);
  return stacked([rowsPanel(report, maximum, pen, width), curvesPanel(report, pen, width), key], 24);
}

function rowsPanel(
  { points, chosen }: SweepReport,
  maximum: number | undefined,
  pen: Pen,
  width: number,
): Panel {
  const { theme } = pen;
  const full = Math.max(maximum ?? 0, ...points.map(({ readBack }) => readBack));
  const says = SCALES + SPACE;
  const back = width - NUMBER - BAR;
  const heading = { y: HEAD / 2, size: SMALL, bold: true, colour: theme.quiet };
  const items: Item[] = [
    words('× distance', { ...heading, x: SCALES, align: 'right' }, pen),
    words('says', { ...heading, x: says, colour: theme.accent }, pen),
    words(maximum ? 'read back, of its maximum' : 'read back', { ...heading, x: width, align: 'right' }, pen),
  ];
  let y = HEAD;
  for (const run of scaleRuns(points)) {
    const isBest = chosen.index >= run.first && chosen.index <= run.last;
    const point = points[isBest ? chosen.index : strongest(points, run)]!;
    const middle = y + ROW / 2;
    if (isBest)
      items.push({ kind: 'box', x: -14, y, width: width + 28, height: ROW, radius: 8, fill: theme.panel });
    const bold = isBest;
    items.push(
      words(
        `${isBest ? '▸ ' : ''}${scaleWords(points, run)}`,
        { x: SCALES, y: middle, size: 28, bold, align: 'right' },
        pen,
      ),
    );
    items.push(...saidItems(point, { x: says, y: middle, width: back - says - SPACE, bold }, pen));
    const share = full > 0 ? point.readBack / full : 0;
    const number = maximum ? formatProbability(share) : formatLength(point.readBack);
    items.push(
      words(
        number,
        { x: back + NUMBER - SPACE, y: middle, size: 28, bold, align: 'right', colour: theme.activation },
        pen,
      ),
    );
    const box = { kind: 'box', x: back + NUMBER, y: middle - 12, height: 24, radius: 0 } as const;
    items.push({ ...box, width: BAR, fill: theme.rule });
    if (share > 0)
      items.push({ ...box, width: Math.max(3, BAR * Math.min(1, share)), fill: theme.activation });
    y += ROW;
    if (!isBest) items.push(rule(0, y, width, y, theme.rule));
  }
  return { width, height: y, items };
}

/** `0.25 to 4`. */
function scaleWords(points: readonly ScalePoint[], { first, last }: ScaleRun): string {
  const from = first === last ? '' : `${formatFactor(points[first]!.relative)} to `;
  return `${from}${formatFactor(points[last]!.relative)}`;
}

/** The scale of a run at which its definition is likeliest. */
function strongest(points: readonly ScalePoint[], { first, last }: ScaleRun): number {
  let best = first;
  const at = (index: number) => points[index]!.definitions[0]?.probability ?? 0;
  for (let index = first; index <= last; index++) if (at(index) > at(best)) best = index;
  return best;
}

interface SaidPlace {
  x: number;
  y: number;
  width: number;
  bold: boolean;
}

/** The leading definition with its probability, as a number and as a bar below it. */
function saidItems(
  { definitions: [leading] }: ScalePoint,
  { x, y, width, bold }: SaidPlace,
  pen: Pen,
): Item[] {
  if (!leading) return [];
  const { theme, ruler } = pen;
  const number = formatProbability(leading.probability);
  const style = { size: TEXT, bold };
  const left = x + NUMBER;
  const text = wordChunks(leading.ended ? leading.text : `${leading.text} …`);
  const [line] = wrap(text, style, ruler, width - NUMBER, 1, ' […]');
  const long = width * leading.probability;
  return [
    words(number, { x: left - SPACE, y, size: 28, bold: true, align: 'right', colour: theme.accent }, pen),
    ...(line ? [lineItem(line, { x: left, y, ...style }, theme)] : []),
    {
      kind: 'box',
      x,
      y: y + ROW / 2 - 7,
      width: Math.max(2, long),
      height: 5,
      radius: 0,
      fill: theme.accent,
    },
  ];
}

/** A small plot for each criterion, side by side. */
function curvesPanel({ points, chosen }: SweepReport, pen: Pen, width: number): Panel {
  const { theme } = pen;
  const { height, gap } = CURVES;
  const each = (width - gap * (CRITERIA.length - 1)) / CRITERIA.length;
  const items: Item[] = [];
  CRITERIA.forEach(({ criterion, name, unit }, column) => {
    const left = column * (each + gap);
    const isChosen = criterion === chosen.criterion;
    const values = points.map((point) => point[criterion]);
    const largest = Math.max(...values);
    const title = { x: left, y: 14, size: SMALL, bold: isChosen, colour: isChosen ? theme.ink : theme.quiet };
    items.push(words(isChosen ? `▸ ${name}` : name, { ...title, width: each }, pen));
    const top = 66;
    items.push(
      words(`to ${formatLength(largest)}${unit}`, { x: left, y: 44, size: 20, colour: theme.quiet }, pen),
    );
    items.push({ kind: 'box', x: left, y: top, width: each, height, radius: 6, fill: theme.panel });
    const x = (index: number) => left + 10 + (index / Math.max(1, points.length - 1)) * (each - 20);
    const y = (value: number) => top + height - 8 - (largest > 0 ? value / largest : 0) * (height - 16);
    items.push(rule(x(chosen.index), top, x(chosen.index), top + height, theme.quiet, true));
    const colour = isChosen ? theme.ink : theme.branch;
    for (let i = 1; i < values.length; i++) {
      const ends = { x0: x(i - 1), y0: y(values[i - 1]!), x1: x(i), y1: y(values[i]!) };
      items.push({ kind: 'line', ...ends, thickness: 4, colour });
    }
    items.push({ kind: 'dot', x: x(chosen.index), y: y(values[chosen.index]!), radius: 8, fill: theme.ink });
    const ends = [points[0]!, points.at(-1)!].map(({ relative }) => formatFactor(relative));
    const foot = { y: top + height + 18, size: 20, colour: theme.quiet };
    items.push(words(ends[0]!, { x: left, ...foot }, pen));
    items.push(words(`${ends[1]} ×`, { x: left + each, align: 'right', ...foot }, pen));
  });
  return { width, height: 66 + height + 36, items };
}
