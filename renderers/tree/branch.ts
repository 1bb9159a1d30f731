/** The tree as it is drawn: unbranched runs of tokens merged into one label each, weak branches hidden. Pure. */
import type { TreeNode } from '../../src/core/report/feature.js';

export interface Branch {
  /** The merged run; empty at the root. */
  tokens: TreeNode[];
  /** The run's last node: its cumulative probability is the branch's. */
  last: TreeNode;
  /** Text right before the run, to tell whether it continues a word. */
  before: string;
  children: Branch[];
}

export interface DrawnTree {
  root: Branch;
  /** Tokens drawn, the root not counted. */
  drawnNodes: number;
}

/** @param isKept whether a node is drawn, asked only below drawn nodes; the tree itself is left as it is */
export function drawnTree(root: TreeNode, isKept: (node: TreeNode) => boolean): DrawnTree {
  const top: Branch = { tokens: [], last: root, before: '', children: [] };
  let drawnNodes = 0;
  const waiting: Branch[] = [top];
  while (waiting.length > 0) {
    const branch = waiting.pop()!;
    let drawn = branch.last.children.filter(isKept);
    while (branch !== top && drawn.length === 1 && looksAlike(drawn[0]!, branch.last)) {
      branch.last = drawn[0]!;
      branch.tokens.push(branch.last);
      drawn = branch.last.children.filter(isKept);
    }
    drawnNodes += branch.tokens.length;
    for (const child of drawn) {
      const next = { tokens: [child], last: child, before: branch.last.token, children: [] };
      branch.children.push(next);
      waiting.push(next);
    }
  }
  sortByBest(top);
  return { root: top, drawnNodes };
}

/** Children whose likeliest end is likelier come first. */
function sortByBest(top: Branch): void {
  const order: Branch[] = [top];
  for (let at = 0; at < order.length; at++) for (const child of order[at]!.children) order.push(child);
  const best = new Map<Branch, number>();
  for (const branch of order.reverse()) {
    const { children, last } = branch;
    children.sort((a, b) => best.get(b)! - best.get(a)!);
    best.set(branch, children.length > 0 ? best.get(children[0]!)! : last.cumulative);
  }
}

/** Whether two nodes are drawn alike: a run is split where it becomes generic or particular, or is in one tree only. */
function looksAlike(node: TreeNode, before: TreeNode): boolean {
  const isShared = ({ other }: TreeNode) => other !== undefined;
  return (
    node.generic === before.generic &&
    node.connector === before.connector &&
    isShared(node) === isShared(before)
  );
}

/** All nodes below the root, parents before their children. */
export function nodesBelow(root: TreeNode): TreeNode[] {
  const leaves: TreeNode[] = [...root.children];
  for (let index = 0; index < leaves.length; index++)
    for (const child of leaves[index]!.children) leaves.push(child);
  return leaves;
}
