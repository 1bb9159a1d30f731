/** One side of the picture: its tree. */

import type { ComparedSide } from '../../src/core/report/compare.js';
import { counted, formatCount, formatCutoff } from '../../src/text/numbers.js';
import { type BranchLook, mutedLook, treePanel } from '../panels/tree.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import type { FittedTree } from '../tree/fit.js';
import type { PlacedBranch } from '../tree/layout.js';

const DETAIL_SIZE = 21;

/** A side with the colour of what it says alone. */
export interface Shown {
  side: ComparedSide;
  colour: string;
}

/** The tree: branches of both sides in grey with both probabilities, branches of this side alone in its colour. */
export function sideTree({ side, colour }: Shown, fitted: FittedTree, pen: Pen, width: number): Panel {
  const { theme } = pen;
  const style = { size: DETAIL_SIZE, colour: theme.quiet, width };
  const top = DETAIL_SIZE * 2;
  const tree = treePanel(fitted.layout, comparedLook(colour, theme), theme);
  const detail = words(treeDetail(side, fitted), { x: 0, y: DETAIL_SIZE * 0.6, ...style }, pen);
  if (fitted.drawnNodes === 0) return { width, height: top, items: [detail] };
  return {
    width,
    height: top + tree.height,
    items: [detail, ...tree.items.map((item) => lowered(item, top))],
  };
}

function comparedLook(colour: string, theme: Theme) {
  return ({ branch: { last } }: PlacedBranch): BranchLook => {
    if (last.generic) return mutedLook(theme);
    const look =
      last.other === undefined
        ? { curve: colour, number: colour, text: colour }
        : { curve: theme.branch, number: theme.quiet, text: theme.ink };
    return last.connector ? { ...look, text: theme.quiet } : look;
  };
}

function treeDetail({ tree }: ComparedSide, { drawnNodes, hiddenNodes, trim }: FittedTree): string {
  const all = drawnNodes + hiddenNodes;
  const exact = tree.complete ? '' : `, exact for cutoff ${formatCutoff(tree.cutoff)}: a budget ended growth`;
  if (all === 0) return `no definition reaches the cutoff ${formatCutoff(tree.cutoff)}`;
  const drawn =
    hiddenNodes > 0 ? `${formatCount(drawnNodes)} of ${counted(all, 'node')} drawn` : counted(all, 'node');
  return `${drawn}, those above ${formatCutoff(Math.max(trim, tree.cutoff))}${exact}`;
}

function lowered(item: Item, by: number): Item {
  return 'y0' in item ? { ...item, y0: item.y0 + by, y1: item.y1 + by } : { ...item, y: item.y + by };
}
