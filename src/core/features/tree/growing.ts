import { GHOST } from '../../model/ports.js';
import type { TreeNode } from '../../report/feature.js';
import type { Standing } from './pruning.js';

/** A node while the tree grows. */
export interface GrowingNode {
  parent: GrowingNode | null;
  tokenId: number;
  probability: number;
  cumulative: number;
  depth: number;
  end: boolean;
  children: GrowingNode[];
  /** Slot of this position in the store, -1 when it has none. */
  slot: number;
  /** Children whose subtrees still grow; the slot is needed while there are any. */
  growing: number;
  standing: Standing | undefined;
  /** The highest cutoff at which the node belongs to the tree; final after `settleLevels`. */
  level: number;
  /** Whether neither the node nor anything below it, at the tree's cutoff, is particular. */
  generic: boolean;
}

/** Raises the level of each node to that of its strongest child: while the tree grows, only the first one sets it. */
export function settleLevels(grown: readonly GrowingNode[]): void {
  for (const { level, parent } of grown.toReversed())
    if (parent) parent.level = Math.max(parent.level, level);
}

/**
 * Marks the nodes at or above a cutoff that have nothing particular at or below them.
 *
 * @returns how much that is: branches, their nodes as far as they were looked at, the branches' probability
 */
export function markGeneric(grown: readonly GrowingNode[], cutoff: number) {
  const within = grown.filter(({ cumulative }) => cumulative >= cutoff);
  for (const node of within) node.generic = true;
  // Children stand behind their parents.
  for (const node of within.toReversed()) {
    if (node.standing!.particular) node.generic = false;
    if (!node.generic) node.parent!.generic = false;
  }
  const tops = within.filter(({ generic, parent }) => generic && !parent!.generic);
  return {
    branches: tops.length,
    nodes: within.filter(({ generic }) => generic).length,
    probability: tops.reduce((sum, { cumulative }) => sum + cumulative, 0),
  };
}

/**
 * The largest level set {level >= cutoff} of at most `nodes` nodes that is known completely; without pruning a node's
 * level is its cumulative probability.
 *
 * @param unfinished cumulative probability of the strongest node that was not continued, 0 when there is none
 * @param dropped whether nodes at or above the wanted cutoff were left out because `nodes` stronger ones exist
 */
export function exactLevel(
  grown: readonly GrowingNode[],
  options: { cutoff: number; nodes: number },
  unfinished: number,
  dropped: boolean,
): { nodes: number; complete: boolean; cutoff: number } {
  const sorted = grown
    .map(({ level }) => level)
    .filter((level) => level > 0)
    .sort((a, b) => b - a);
  // Children of a node that was not continued may be as probable as the node itself.
  let count = sorted.filter((level) => level > unfinished).length;
  count = Math.min(count, options.nodes);
  // Equal nodes stay out together, or the set would be of no cutoff.
  if (count < sorted.length) while (count > 0 && sorted[count - 1] === sorted[count]) count--;
  const complete = !dropped && unfinished === 0 && count === sorted.length;
  return { nodes: count, complete, cutoff: complete ? options.cutoff : (sorted[count - 1] ?? 1) };
}

/** Plain data of the nodes at or above `cutoff`. */
export function toTreeNode(node: GrowingNode, cutoff: number): TreeNode {
  return {
    tokenId: node.tokenId === GHOST ? null : node.tokenId,
    token: '',
    probability: node.probability,
    cumulative: node.cumulative,
    end: node.end,
    ...(node.generic && { generic: true as const }),
    ...(isConnector(node) && { connector: true as const }),
    children: node.children
      .filter((child) => child.level >= cutoff)
      .map((child) => toTreeNode(child, cutoff)),
  };
}

/** Whether the node is not particular itself and is in the tree for what is particular below it. */
function isConnector({ parent, standing, generic }: GrowingNode): boolean {
  return parent !== null && standing !== undefined && !standing.particular && !generic;
}
