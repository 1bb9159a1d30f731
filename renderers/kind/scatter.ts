/** All features of a layer by skewness and kurtosis, the classes' bounds, and the names of those that stand out. */
import type { KindsReport } from '../../src/core/report/kinds.js';
import { formatLength } from '../../src/text/numbers.js';
import { type Pen, rule, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { ticks } from '../sheet/ticks.js';
import { classColour } from './classColour.js';

const HEIGHT = 560;
const TICK_SIZE = 24;
const DOT = 3.5;
/** Radius of a feature that has a class. */
const MEMBER_DOT = 8;
/** Features of each class that are named, most extreme first, as far as there is room. */
const NAMED = 4;
/** Room between two ticks, in pixels. */
const APART = 64;
/** Part of an axis that is left free at either end. */
const PAD = 0.04;
const STEPS = [1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 8];
const TICKS = [0, ...[0.1, 1, 10, 100, 1000].flatMap((power) => STEPS.map((step) => step * power))];

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
  // Both have long tails, which the inverse hyperbolic sine and the logarithm compress.
  const across = axis(
    points.map(({ skewness }) => skewness),
    Math.asinh,
  );
  const up = axis(
    points.map(({ kurtosis }) => kurtosis),
    (value) => Math.log(Math.max(value, 1)),
  );
  const xOf = (skewness: number) => left + across.at(skewness) * (width - left - unit);
  const yOf = (kurtosis: number) => HEIGHT - up.at(kurtosis) * (HEIGHT - unit) - unit * 0.2;
  const items: Item[] = [];
  const tick = { size: TICK_SIZE, colour: theme.quiet };
  for (const value of [...ticksOf(across, xOf, 1), ...ticksOf(across, xOf, -1)]) {
    items.push(rule(xOf(value), 0, xOf(value), HEIGHT, theme.rule));
    const text = formatLength(value);
    items.push(words(text, { x: xOf(value), y: HEIGHT + 22, align: 'middle', ...tick }, pen));
  }
  const round = ticksOf(up, yOf, 1);
  // Where all features are alike, round numbers are too far apart.
  for (const value of round.length < 3 ? ticks(up.low, up.high) : round) {
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

interface Box {
  x0: number;
  x1: number;
  y0: number;
  y1: number;
}

/** Labels around the dots of the most extreme features, except those that would cover something. */
function names(
  { classes, points }: KindsReport,
  xOf: (skewness: number) => number,
  yOf: (kurtosis: number) => number,
  pen: Pen,
  width: number,
): Item[] {
  const size = pen.unit * 0.72;
  const taken = points
    .filter((point) => point.class !== 'none')
    .map(({ skewness, kurtosis }) => around(xOf(skewness), yOf(kurtosis), MEMBER_DOT));
  const items: Item[] = [];
  for (let rank = 0; rank < NAMED; rank++) {
    for (const { name, features } of classes) {
      const feature = features[rank];
      if (!feature?.member) continue;
      const x = xOf(feature.moments.skewness.value);
      const y = yOf(feature.moments.kurtosis.value);
      const colour = classColour(name, pen.theme);
      const beside = MEMBER_DOT * 1.6;
      const above = size * 0.5 + MEMBER_DOT;
      const places = [
        { x: x + beside, y, align: 'left' },
        { x: x - beside, y, align: 'right' },
        { x, y: y - above, align: 'middle' },
        { x, y: y + above, align: 'middle' },
      ] as const;
      for (const place of places) {
        const item = words(`F${feature.feature}`, { ...place, size, bold: true, colour }, pen);
        if (item.kind !== 'text') continue;
        const box = {
          x0: item.x,
          x1: item.x + item.line.width,
          y0: place.y - size / 2,
          y1: place.y + size / 2,
        };
        if (box.x1 > width || taken.some((earlier) => overlap(box, earlier))) continue;
        taken.push(box);
        // What lies behind a name would strike it through.
        const ground = { x: box.x0 - 3, y: box.y0, width: box.x1 - box.x0 + 6, height: size };
        items.push({ kind: 'box', ...ground, radius: 4, fill: pen.theme.background }, item);
        break;
      }
    }
  }
  return items;
}

function around(x: number, y: number, radius: number): Box {
  return { x0: x - radius, x1: x + radius, y0: y - radius, y1: y + radius };
}

function overlap(a: Box, b: Box): boolean {
  return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

/** Round numbers of an axis, of one sign, from the smallest to the largest, with room between them. */
function ticksOf({ low, high }: Axis, place: (value: number) => number, sign: 1 | -1): number[] {
  const ticks: number[] = [];
  for (const tick of TICKS) {
    const value = sign * tick;
    if (value < low || value > high || (sign < 0 && tick === 0)) continue;
    const before = ticks.at(-1) ?? (sign < 0 ? 0 : undefined);
    if (before === undefined || Math.abs(place(value) - place(before)) >= APART) ticks.push(value);
  }
  return ticks;
}

/** An axis over all values, compressed by `scale`. */
function axis(values: readonly number[], scale: (value: number) => number): Axis {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const span = scale(high) - scale(low) || 1;
  const at = (value: number) => PAD + ((scale(value) - scale(low)) / span) * (1 - 2 * PAD);
  return { low, high, at };
}
