/** How many tokens have which weight, and below it where the enriched sets lie. */
import type { KindReport } from '../../src/core/report/kind.js';
import { counted, formatCount, formatLength } from '../../src/text/numbers.js';
import { between } from '../sheet/colours.js';
import { type Pen, rule, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { ticks } from '../sheet/ticks.js';
import { formatMoment, formatPValue, strongSets } from './words.js';

const PLOT_HEIGHT = 330;
const STRIP_HEIGHT = 40;
const MOST_SETS = 5;
/** Steps of a strip's colour: more than the eye tells apart would fill the palette. */
const SHADES = 8;
const TICK_SIZE = 22;

export function histogramPanel(report: KindReport, pen: Pen, width: number): Panel {
  const { theme, unit } = pen;
  const { low, high, counts } = report.histogram;
  const left = unit * 9; // names of the sets
  const pitch = (width - left) / counts.length;
  const xOf = (weight: number) => left + ((weight - low) / (high - low || 1)) * (width - left);
  const items: Item[] = [
    words(
      'tokens',
      { x: left - unit * 2, y: PLOT_HEIGHT / 2, size: unit * 0.6, align: 'right', colour: theme.quiet },
      pen,
    ),
    words(
      '(log scale)',
      {
        x: left - unit * 2,
        y: PLOT_HEIGHT / 2 + unit * 0.75,
        size: TICK_SIZE,
        align: 'right',
        colour: theme.quiet,
      },
      pen,
    ),
  ];
  const most = Math.max(...counts);
  const heightOf = (count: number) => (Math.log1p(count) / Math.log1p(most)) * (PLOT_HEIGHT - 10);
  for (let count = 1; count <= most; count *= 10) {
    const y = PLOT_HEIGHT - heightOf(count);
    items.push(rule(left, y, width, y, theme.rule));
    items.push(
      words(
        formatCount(count),
        { x: left - 12, y, size: TICK_SIZE, align: 'right', colour: theme.quiet },
        pen,
      ),
    );
  }
  const promoted = report.promoted.at(-1)?.weight ?? high;
  const suppressed = report.suppressed.at(-1)?.weight ?? low;
  counts.forEach((count, bin) => {
    if (count === 0) return;
    const from = low + (bin * (high - low)) / counts.length;
    const to = low + ((bin + 1) * (high - low)) / counts.length;
    const fill = to > promoted ? theme.accent : from < suppressed ? theme.other : theme.branch;
    const height = heightOf(count);
    items.push({
      kind: 'box',
      x: left + bin * pitch + 1,
      y: PLOT_HEIGHT - height,
      width: pitch - 2,
      height,
      radius: 0,
      fill,
    });
  });
  if (low < 0 && high > 0) items.push(rule(xOf(0), 0, xOf(0), PLOT_HEIGHT, theme.quiet, true));
  for (const tick of ticks(low, high))
    items.push(
      words(
        `${tick > 0 ? '+' : ''}${formatLength(tick)}`,
        { x: xOf(tick), y: PLOT_HEIGHT + 22, size: TICK_SIZE, align: 'middle', colour: theme.quiet },
        pen,
      ),
    );
  const strips = stripItems(report, pen, left, pitch, PLOT_HEIGHT + 60);
  return { width, height: PLOT_HEIGHT + 60 + strips.height, items: [...items, ...strips.items] };
}

/** A row for each enriched set: the fuller the colour, the larger its share of the tokens at that weight against all. */
function stripItems(report: KindReport, pen: Pen, left: number, pitch: number, top: number) {
  const { theme, unit } = pen;
  const { counts, sets } = report.histogram;
  const strong = strongSets(report.sets, MOST_SETS);
  const items: Item[] = [];
  strong.forEach((set, row) => {
    const y = top + row * STRIP_HEIGHT;
    const middle = y + STRIP_HEIGHT / 2;
    const colour = set.score > 0 ? theme.accent : theme.other;
    const score = `${set.score > 0 ? '+' : ''}${formatMoment(set.score)}`;
    items.push(
      words(set.name, { x: 0, y: middle, size: unit * 0.66, width: left - unit * 2.4 }, pen),
      words(score, { x: left - 16, y: middle, size: unit * 0.66, bold: true, align: 'right', colour }, pen),
    );
    const members = sets[report.sets.indexOf(set)]!;
    const average = set.size / report.vocabulary.trained;
    members.forEach((count, bin) => {
      if (counts[bin] === 0) return;
      const times = count / counts[bin]! / average;
      const fill = between(theme.panel, colour, Math.round((times / (1 + times)) * SHADES) / SHADES);
      const x = left + bin * pitch;
      items.push({ kind: 'box', x, y: y + 5, width: pitch - 1, height: STRIP_HEIGHT - 10, radius: 0, fill });
    });
  });
  if (strong.length === 0)
    items.push(
      words(
        'no set of tokens is enriched',
        { x: left, y: top + unit / 2, size: unit * 0.66, colour: theme.quiet },
        pen,
      ),
    );
  return { items, height: Math.max(strong.length * STRIP_HEIGHT, unit) };
}

/** Every colour of the strips. */
export function stripColours(theme: Theme): string[] {
  return [theme.accent, theme.other].flatMap((colour) =>
    Array.from({ length: SHADES }, (_, shade) => between(theme.panel, colour, shade / SHADES)),
  );
}

/** The key to the strips, with the largest q among them. */
export function stripKey({ sets, permutations }: KindReport): string {
  const strong = strongSets(sets, MOST_SETS);
  const worst = Math.max(...strong.map(({ q }) => q));
  const certainty = strong.length > 0 ? `, q ≤ ${formatPValue(worst)}` : '';
  return `Strips: sets of tokens that stand together, with their enrichment score (-1 to 1, against ${counted(permutations, 'random set')}${certainty}); fuller colour: more of the tokens at that weight are in the set; half: as many as everywhere.`;
}
