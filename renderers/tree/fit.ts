/** Chooses how much of a tree is drawn: as asked where that can be read, else the strongest part that can. */
import type { TreeNode } from '../../src/core/report.js';
import { LIMITS } from '../limits.js';
import type { Ruler } from '../text/typeset.js';
import { drawnTree, nodesBelow } from './branch.js';
import { layoutTree, type TreeLayout } from './layout.js';
import { strengthScale } from './strength.js';

export interface FittedTree {
  layout: TreeLayout;
  /** Smallest cumulative probability drawn; above the wanted one when the tree did not fit. */
  trim: number;
  drawnNodes: number;
  hiddenNodes: number;
}

export interface Room {
  width: number;
  height: number;
  /** Most nodes. */
  nodes: number;
}

export function fitTree(root: TreeNode, wanted: number, room: Room, ruler: Ruler): FittedTree {
  const all = nodesBelow(root);
  const strengths = all.map((node) => node.cumulative).filter((cumulative) => cumulative >= wanted);
  const descending = Float64Array.from(strengths).sort().reverse();
  const attempt = (count: number): FittedTree => {
    const whole = count >= descending.length;
    const trim = whole ? wanted : trimThatDraws(descending, count);
    const { root: branch, drawnNodes } = drawnTree(root, trim);
    const scale = strengthScale(descending[Math.min(count, descending.length) - 1] ?? 1, descending[0] ?? 1);
    return {
      layout: layoutTree(branch, scale, ruler),
      trim,
      drawnNodes,
      hiddenNodes: all.length - drawnNodes,
    };
  };
  const fits = ({ layout }: FittedTree) => layout.width <= room.width && layout.height <= room.height;
  const start = Math.min(descending.length, room.nodes, LIMITS.nodes);
  let best = attempt(start);
  if (fits(best)) return best;
  let tooMany = start;
  let fitting = 0;
  best = attempt(0);
  while (tooMany - fitting > Math.max(1, tooMany * 0.03)) {
    const middle = (tooMany + fitting) >> 1;
    const tried = attempt(middle);
    if (fits(tried)) {
      fitting = middle;
      best = tried;
    } else tooMany = middle;
  }
  return best;
}

/** The smallest trim that draws at most `count` nodes: equals are drawn or hidden together. */
function trimThatDraws(descending: Float64Array, count: number): number {
  const hidden = descending[count] ?? 0;
  let drawn = count;
  while (drawn > 0 && descending[drawn - 1] === hidden) drawn--;
  return drawn > 0 ? descending[drawn - 1]! : Number.MAX_VALUE;
}
