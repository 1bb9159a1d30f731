/** What the shades stand for: the scale from 0 to the largest activation, and published facts about the feature. */
import type { KnownActivity } from '../../src/core/report/activate.js';
import { formatLength, formatProbability } from '../../src/text/numbers.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { shades } from '../sheet/shadedText.js';

/**
 * @param max the activation of the full shade, 0 where nothing is shaded
 * @param full what the full shade stands for in words, where it is not that number
 * @param here the largest activation that is shown, where it is less
 */
export function legendPanel(
  max: number,
  activity: KnownActivity | undefined,
  pen: Pen,
  width: number,
  full = `${formatLength(max)} activation`,
  here = max,
): Panel {
  const { theme, unit } = pen;
  const size = unit * 0.6;
  const height = unit;
  const middle = height / 2;
  const items: Item[] = [];
  let x = 0;
  const write = (text: string, colour = theme.quiet) => {
    const item = words(text, { x, y: middle, size, colour, width: width - x }, pen);
    items.push(item);
    if (item.kind === 'text') x += item.line.width;
  };
  if (max > 0) {
    write('0  ');
    for (const fill of shades(theme)) {
      items.push({
        kind: 'box',
        x,
        y: middle - size * 0.6,
        width: unit,
        height: size * 1.2,
        radius: 0,
        fill,
      });
      x += unit;
    }
    write(`  ${full}`, theme.ink);
  } else write('not active on any token');
  for (const text of knownWords(here, activity)) write(`    ${text}`);
  return { width, height, items };
}

/** Published facts about a feature's activity, in words. */
export function knownWords(max: number, activity: KnownActivity | undefined): string[] {
  if (!activity) return [];
  const { maximum, density, stability } = activity;
  const share = maximum && max > 0 ? ` (${formatProbability(max / maximum)} of it here)` : '';
  return [
    ...(maximum === undefined ? [] : [`max activation ${formatLength(maximum)}${share}`]),
    ...(density === undefined ? [] : [`activation density ${formatProbability(density)}`]),
    ...(stability ? [`returns in ${stability.returns} of ${stability.seeds} SAEs of other seeds`] : []),
  ];
}
