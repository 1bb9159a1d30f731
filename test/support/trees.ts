import type { TreeNode } from '../../src/core/report.js';

/** A node with what a test needs to know of it. */
export function node(tokenId: number, cumulative: number, children: TreeNode[] = []): TreeNode {
  return { tokenId, token: `t${tokenId}`, probability: cumulative, cumulative, end: false, children };
}

export function rootOf(...children: TreeNode[]): TreeNode {
  return { tokenId: null, token: '', probability: 1, cumulative: 1, end: false, children };
}

/** Cumulative probability of every node below the root, by its path of token ids. */
export function pathsOf(root: TreeNode): Map<string, TreeNode> {
  const found = new Map<string, TreeNode>();
  const visit = (parent: TreeNode, path: number[]) => {
    for (const child of parent.children) {
      const childPath = [...path, child.tokenId!];
      found.set(childPath.join(), child);
      visit(child, childPath);
    }
  };
  visit(root, []);
  return found;
}
