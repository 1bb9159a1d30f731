/** Puts the card, the tree and the footer together: the tree beside what the model says, or whole below the card. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import { featureLook, treePanel } from '../panels/tree.js';
import { moved } from '../sheet/arrange.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Panel, Scene } from '../sheet/scene.js';
import { shades } from '../sheet/shadedText.js';
import type { Definition } from '../text/definitions.js';
import { settingWords } from '../text/settingWords.js';
import type { FittedTree } from '../tree/fit.js';
import { type Card, GAP, SHEET } from './card.js';
import { footerPanel } from './footer.js';
import { HEADING, headingItem, SMALL } from './type.js';

export { featureCard, SHEET, UNIT } from './card.js';

const MARGIN = 40; // pixels

export function compose(
  report: FeatureReport,
  { head, left, list, treeAt }: Card,
  fitted: FittedTree,
  definitions: readonly Definition[],
  pen: Pen,
  isBeside: boolean,
): Scene {
  const { theme, unit } = pen;
  const width = SHEET.width * unit;
  const panels: Scene['panels'] = [];
  let y = MARGIN * 0.75;
  const put = (panel: Panel, x = 0) => panels.push({ x: MARGIN + x, y, panel });
  const gap = GAP * unit;
  put(head);
  y += head.height + gap;
  put(left);
  const highlighted = new Set(definitions.flatMap(({ path }) => path));
  const room = isBeside ? width - treeAt : width;
  const tree = shownTree(report, fitted, highlighted, pen, room);
  if (isBeside) {
    if (tree) put(tree, treeAt);
    y += Math.max(left.height, tree?.height ?? 0) + gap;
  } else {
    y += left.height + gap;
    if (tree) put(tree);
    y += tree ? tree.height + gap : 0;
  }
  put(list);
  y += list.height + gap * 0.6;
  const footer = footerPanel(report, fitted, [head, left, list, ...(tree ? [tree] : [])], pen, width);
  put(footer);
  return {
    width: Math.max(width, tree?.width ?? 0) + 2 * MARGIN,
    height: y + footer.height + MARGIN * 0.5,
    background: theme.background,
    exactColours: [...Object.values(theme), ...(report.evidence ? shades(theme) : [])],
    panels,
  };
}

/** The tree under the setting that it is of; none where nothing is drawn, as the card shows what there is. */
function shownTree(
  { parameters }: FeatureReport,
  { drawnNodes, layout }: FittedTree,
  highlighted: ReadonlySet<Definition['path'][number]>,
  pen: Pen,
  room: number,
): Panel | undefined {
  if (drawnNodes === 0) return undefined;
  const { theme, unit } = pen;
  const tree = treePanel(layout, featureLook(highlighted, theme), theme);
  const [title, from] = headingItem('word by word', pen);
  const placed = {
    x: from,
    y: (unit * HEADING) / 2,
    size: unit * SMALL,
    colour: theme.quiet,
    width: room - from,
  };
  const setting = words(settingWords(parameters), placed, pen);
  const top = unit * HEADING;
  return {
    width: tree.width,
    height: top + tree.height,
    items: [title, setting, ...moved(tree.items, 0, top)],
  };
}
