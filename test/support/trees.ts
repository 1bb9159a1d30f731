import type { MeanTree } from '../../src/core/model/model.js';
import type { TreeNode } from '../../src/core/report/feature.js';

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

/** The mean of definition trees by path, added up tree by tree, without paths below the floor. */
export function meanOf(trees: readonly TreeNode[], floor = 0): MeanTree {
  const root: MeanTree = { probability: 1, children: new Map() };
  const add = (into: MeanTree, { children }: TreeNode) => {
    for (const child of children) {
      const node = into.children.get(child.tokenId!) ?? { probability: 0, children: new Map() };
      into.children.set(child.tokenId!, node);
      node.probability += child.cumulative / trees.length;
      add(node, child);
    }
  };
  const removeBelow = ({ children }: MeanTree) => {
    for (const [token, node] of children) {
      if (node.probability < floor) children.delete(token);
      else removeBelow(node);
    }
  };
  for (const tree of trees) add(root, tree);
  removeBelow(root);
  return root;
}

/** Probability by path of token ids. */
export function listed(root: MeanTree, before: number[] = []): Record<string, number> {
  return Object.assign(
    {},
    ...[...root.children].map(([token, child]) => {
      const path = [...before, token];
      return { [path.join()]: Number(child.probability.toPrecision(12)), ...listed(child, path) };
    }),
  );
}
