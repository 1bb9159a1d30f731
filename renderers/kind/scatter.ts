/** All features of a layer by skewness and kurtosis, the classes' bounds, and the names of those that stand out. */
import type { KindsReport } from '../../src/core/report/kinds.js';
import { formatLength } from '../numbers.js';
import type { Item, Panel } from '../scene.js';
import { classColour } from './classColour.js';
import { type Pen, rule, words } from './parts.js';

const HEIGHT = 560;
const TICK_SIZE = 24;
const DOT = 3.5;
/** Radius of a feature that has a class. */
const MEMBER_DOT = 8;
/** Features of each class that are named, most extreme first, as far as there is room. */
const NAMED = 4;
const TICKS = [0, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

/** A range of values on an axis and where each lies, 0..1. */
interface Axis {
  low: number;
  high: number;
  at: (value: number) => number;
}

export function scatterPanel(report: KindsReport, pen: Pen, width: number): Panel {
  const { theme, unit } = pen;
  const { points, bounds } = report;
  const left = unit * 2.6;
  // Both have long tails: inverse hyperbolic sine and logarithm draw them together.
  const across = axis(points.map(({ skewness }) => skewness), Math.asinh);
  const up = axis(points.map(({ kurtosis }) => kurtosis), (value) => Math.log(Math.max(value, 1)));
  const xOf = (skewness: number) => left + across.at(skewness) * (width - left - unit);
  const yOf = (kurtosis: number) => HEIGHT - up.at(kurtosis) * (HEIGHT - unit) - unit * 0.2;
  const items: Item[] = [];
  const tick = { size: TICK_SIZE, colour: theme.quiet };
  const ticks = [...TICKS.slice(1).map((value) => -value), ...TICKS];
  for (const value of ticks) {
    if (value < across.low || value > across.high) continue;
    items.push(rule(xOf(value), 0, xOf(value), HEIGHT, theme.rule));
    items.push(words(`${value}`, { x: xOf(value), y: HEIGHT + 22, align: 'middle', ...tick }, pen));
  }
  for (const value of [2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 5000]) {
    if (value < up.low || value > up.high) continue;
    items.push(rule(left, yOf(value), width, yOf(value), theme.rule));
    items.push(words(formatLength(value), { x: left - 12, y: yOf(value), align: 'right', ...tick }, pen));
  }
  const label = { size: unit * 0.66, bold: true, colour: theme.quiet };
  items.push(words('kurtosis', { x: 0, y: unit * 0.35, ...label }, pen));
  items.push(words('skewness', { x: width, y: HEIGHT + 22 + unit * 0.75, align: 'right', ...label }, pen));
  const [low, high] = bounds.skewness.map(xOf) as [number, number];
  const top = yOf(bounds.kurtosis[1]);
  items.push(
    rule(low, 0, low, HEIGHT, theme.quiet, true),
    rule(high, 0, high, HEIGHT, theme.quiet, true),
    rule(left, top, width, top, theme.quiet, true),
  );
  const ordered = [...points].sort((a, b) => Number(a.class !== 'none') - Number(b.class !== 'none'));
  for (const point of ordered)
    items.push({
      kind: 'dot',
      x: xOf(point.skewness),
      y: yOf(point.kurtosis),
      radius: point.class === 'none' ? DOT : MEMBER_DOT,
      fill: classColour(point.class, theme),
    });
  items.push(...names(report, xOf, yOf, pen, width));
  return { width, height: HEIGHT + 22 + unit * 1.2, items };
}

/** Labels beside the dots of the most extreme features, those left out that would cover another. */
function names(
  { classes }: KindsReport,
  xOf: (skewness: number) => number,
  yOf: (kurtosis: number) => number,
  pen: Pen,
  width: number,
): Item[] {
  const size = pen.unit * 0.72;
  const placed: { x0: number; x1: number; y: number }[] = [];
  const items: Item[] = [];
  for (let rank = 0; rank < NAMED; rank++) {
    for (const { name, features } of classes) {
      const feature = features[rank];
      if (!feature?.member) continue;
      const x = xOf(feature.moments.skewness.value);
      const y = yOf(feature.moments.kurtosis.value);
      const isLeft = x > width * 0.85;
      const item = words(
        `F${feature.feature}`,
        {
          x: isLeft ? x - MEMBER_DOT * 1.6 : x + MEMBER_DOT * 1.6,
          y,
          size,
          bold: true,
          align: isLeft ? 'right' : 'left',
          colour: classColour(name, pen.theme),
        },
        pen,
      );
      if (item.kind !== 'text') continue;
      const box = { x0: item.x, x1: item.x + item.line.width, y };
      const covers = placed.some(
        (other) => box.x0 < other.x1 && other.x0 < box.x1 && Math.abs(other.y - y) < size,
      );
      if (covers) continue;
      placed.push(box);
      items.push(item);
    }
  }
  return items;
}

/** An axis over all values, drawn together by `scale`. */
function axis(values: readonly number[], scale: (value: number) => number): Axis {
  const low = Math.min(...values, 0);
  const high = Math.max(...values, 1);
  const [from, to] = [scale(low), scale(high)];
  return { low, high, at: (value) => (scale(value) - from) / (to - from || 1) };
}
