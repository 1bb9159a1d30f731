/** What a layer's features are sorted into: the classes left, tokens and contexts right. */
import type { KindGroup, KindsReport, RankedFeature } from '../../src/core/report/kinds.js';
import { formatCount, formatProbability } from '../../src/text/numbers.js';
import { type VisiblePiece, visiblePieces } from '../../src/text/visibleToken.js';
import { twoColumns } from '../panels/twoColumns.js';
import { LIMITS } from '../sheet/limits.js';
import { lineItem, type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { wrap } from '../sheet/typeset.js';
import { classColour } from './classColour.js';
import { GROUP_NAMES } from './words.js';

const MOST_LINES = 3;

type Group = KindGroup<'prediction' | 'suppression' | 'partition' | 'token' | 'context'>;

export function groupsPanel({ classes, firing }: KindsReport, pen: Pen, width: number): Panel {
  const { theme, unit } = pen;
  const padding = unit * 0.5;
  const half = width / 2 - 1.5 * padding;
  const left = groupItems(classes, pen, half);
  const right = groupItems(firing, pen, half);
  return twoColumns(left, right, { width, padding, rightAt: half + 2 * padding, unit }, theme);
}

function groupItems(groups: readonly Group[], pen: Pen, width: number) {
  const { ruler, theme, unit } = pen;
  const style = { size: Math.round(unit * 0.8), bold: false };
  const pitch = style.size * 1.4;
  const items: Item[] = [];
  let y = 0;
  for (const { name, count, features } of groups) {
    const colour = name === 'token' || name === 'context' ? theme.quiet : classColour(name, theme);
    const nearest = count === 0 && features.length > 0 ? ', nearest:' : '';
    const heading = `${GROUP_NAMES[name]}: ${formatCount(count)}${nearest}`;
    items.push(
      words(heading, { x: 0, y: y + unit * 0.35, size: unit * 0.66, bold: true, colour, width }, pen),
    );
    y += unit * 0.85;
    const chunks = features.map((feature, index) => [
      { text: `${index === 0 ? '' : '   '}F${feature.feature} `, mark: false },
      ...remark(name, feature),
    ]);
    for (const line of wrap(chunks, style, ruler, width, MOST_LINES)) {
      items.push(lineItem(line, { x: 0, y: y + pitch / 2, ...style }, theme));
      y += pitch;
    }
    y += unit * 0.3;
  }
  return { items, height: y - unit * 0.3 };
}

/** Why a feature belongs to its group. */
function remark(name: Group['name'], feature: RankedFeature): VisiblePiece[] {
  const { promoted, suppressed, splits, firing } = feature;
  const token = (text: string) => visiblePieces([...text].slice(0, LIMITS.tokenLength).join(''));
  if (name === 'prediction') return token(promoted);
  if (name === 'suppression') return token(suppressed);
  if (name === 'partition') {
    const spaced = splits.leadingSpace.value > splits.capitalised.value;
    return [{ text: spaced ? 'leading space' : 'capitals', mark: true }];
  }
  const share = { text: ` ${formatProbability(firing.share?.value ?? 0)}`, mark: true };
  return [...token(firing.token?.token ?? ''), share];
}
