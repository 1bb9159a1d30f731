import type { Pruning, Standing } from '../src/core/features/pruning.js';
import type { TreeNode } from '../src/core/index.js';

/** The tree that `prune=on` grows where `root` was grown whole: particular nodes and the connectors that lead to them. */
export function prunedCopy(root: TreeNode, pruning: Pruning): TreeNode {
  const copy = (node: TreeNode, standing: Standing): TreeNode | undefined => {
    const children = node.children.flatMap((child) => {
      const below = pruning.below(standing, child.tokenId!, child.probability, child.cumulative);
      return copy(child, below) ?? [];
    });
    if (standing.particular) return { ...node, children };
    return children.length > 0 ? { ...node, connector: true, children } : undefined;
  };
  const { connector: _, ...pruned } = copy(root, pruning.root) ?? { ...root, children: [] };
  return pruned;
}
