import type { Pruning, Standing } from '../src/core/features/pruning.js';
import type { TreeNode } from '../src/core/index.js';

/** The tree that `prune=on` would have grown where `root` was grown whole: particular nodes and what leads to them. */
export function prunedCopy(root: TreeNode, pruning: Pruning): TreeNode {
  const copy = (node: TreeNode, standing: Standing): TreeNode | undefined => {
    const children = node.children.flatMap((child) => {
      const below = pruning.below(standing, child.tokenId!, child.probability, child.cumulative);
      return copy(child, below) ?? [];
    });
    return standing.particular || children.length > 0 ? { ...node, children } : undefined;
  };
  return copy(root, pruning.root) ?? { ...root, children: [] };
}
