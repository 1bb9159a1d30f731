/** The Pareto front: each text a point, by cross-entropy and activation. */
import type { DreamReport } from '../../src/core/report/dream.js';
import { formatLength } from '../../src/text/numbers.js';
import { type Pen, rule, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { ticks } from '../sheet/ticks.js';

const HEIGHT = 430;
const LEFT = 110;
const BOTTOM = 84;
const TOP = 44;

export function scatterPanel(report: DreamReport, pen: Pen, width: number): Panel {
  const { theme, unit } = pen;
  const { front, chosen, fluency, known: maximum } = report;
  const nats = Math.max(fluency.limit, ...front.map(({ crossEntropy }) => crossEntropy)) * 1.06;
  const highest = Math.max(maximum ?? 0, ...front.map(({ activation }) => activation)) * 1.08;
  const floor = HEIGHT - BOTTOM;
  const xOf = (value: number) => LEFT + (value / nats) * (width - LEFT - 20);
  const yOf = (value: number) => floor - (value / highest) * (floor - TOP);
  const items: Item[] = [];
  const small = { size: unit * 0.6, colour: theme.quiet };
  const area = { x: LEFT, y: TOP, width: xOf(fluency.limit) - LEFT, height: floor - TOP };
  items.push({ kind: 'box', ...area, radius: 0, fill: theme.panel });
  for (const tick of ticks(0, highest)) {
    items.push(rule(LEFT, yOf(tick), width - 20, yOf(tick), theme.rule));
    items.push(words(formatLength(tick), { x: LEFT - 14, y: yOf(tick), align: 'right', ...small }, pen));
  }
  for (const tick of ticks(0, nats))
    items.push(words(formatLength(tick), { x: xOf(tick), y: floor + 26, align: 'middle', ...small }, pen));
  const limit = xOf(fluency.limit);
  items.push(rule(limit, TOP, limit, floor, theme.quiet, true));
  items.push(words('fluent ←', { x: limit - 10, y: floor - 20, align: 'right', ...small }, pen));
  items.push(words('activation', { x: 0, y: unit * 0.4, ...small }, pen));
  items.push(
    words('cross-entropy, nats a token', { x: width - 20, y: floor + 62, align: 'right', ...small }, pen),
  );
  if (maximum !== undefined) {
    items.push(rule(LEFT, yOf(maximum), width - 20, yOf(maximum), theme.activation, true));
    items.push(words('its max activation', { x: LEFT + 12, y: yOf(maximum) - 18, ...small }, pen));
  }
  const points = front.map(({ crossEntropy, activation }) => ({ x: xOf(crossEntropy), y: yOf(activation) }));
  points.slice(1).forEach((to, i) => {
    const from = points[i]!;
    // Between two texts the front keeps the activation of the first.
    items.push({
      kind: 'line',
      x0: from.x,
      y0: from.y,
      x1: to.x,
      y1: from.y,
      thickness: 4,
      colour: theme.branch,
    });
    items.push({
      kind: 'line',
      x0: to.x,
      y0: from.y,
      x1: to.x,
      y1: to.y,
      thickness: 4,
      colour: theme.branch,
    });
  });
  points.forEach((point, index) => {
    if (index === chosen.fluent) items.push({ kind: 'dot', ...point, radius: 18, fill: theme.ink });
    items.push({ kind: 'dot', ...point, radius: index === chosen.fluent ? 13 : 10, fill: theme.activation });
  });
  return { width, height: HEIGHT, items };
}
