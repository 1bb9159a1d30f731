/** Chooses how much of a tree is drawn: what was asked for where it is readable, else the strongest part that is. */
import type { TreeNode } from '../../src/core/report/feature.js';
import { LIMITS } from '../sheet/limits.js';
import type { Ruler } from '../sheet/typeset.js';
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
  /** Probabilities of the thickest and the thinnest branch, for trees that are compared. @default those drawn */
  thickest?: number;
  thinnest?: number;
}

export async function fitTree(root: TreeNode, wanted: number, room: Room, ruler: Ruler): Promise<FittedTree> {
  const all = nodesBelow(root);
  // Strongest first; the sort is stable, so a parent still comes before a child of equal probability.
  const ranked = all.filter((node) => node.cumulative >= wanted).sort((a, b) => b.cumulative - a.cumulative);
  const attempt = (count: number): FittedTree => {
    const drawn = new Set(ranked.slice(0, count));
    const weakest = ranked[Math.min(count, ranked.length) - 1]?.cumulative ?? 1;
    const { root: branch, drawnNodes } = drawnTree(root, (node) => drawn.has(node));
    const scale = strengthScale(
      room.thinnest ?? weakest,
      room.thickest ?? ranked[0]?.cumulative ?? 1,
      drawnNodes,
    );
    const trim = count >= ranked.length ? wanted : weakest;
    return {
      layout: layoutTree(branch, scale, ruler),
      trim,
      drawnNodes,
      hiddenNodes: all.length - drawnNodes,
    };
  };
  const fits = ({ layout }: FittedTree) => layout.width <= room.width && layout.height <= room.height;
  const start = Math.min(ranked.length, room.nodes, LIMITS.nodes);
  let best = attempt(start);
  if (fits(best)) return best;
  let tooMany = start;
  let fitting = 0;
  best = attempt(0);
  while (tooMany - fitting > Math.max(1, tooMany * 0.01)) {
    const middle = (tooMany + fitting) >> 1;
    // Each attempt lays out a whole tree, so waiting messages are let through in between.
    await new Promise((resolve) => setImmediate(resolve));
    const tried = attempt(middle);
    if (fits(tried)) {
      fitting = middle;
      best = tried;
    } else tooMany = middle;
  }
  return best;
}
