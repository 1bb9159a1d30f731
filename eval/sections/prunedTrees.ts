import type { Pruning, Standing } from '../../src/core/features/tree/pruning.js';
import type { TreeNode } from '../../src/core/index.js';

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

/**
 * The tree grown whole with all but its generic branches marked as connectors, so that `treeBag` counts what `prune=on`
 * hides of it.
 */
export function hiddenCopy(root: TreeNode, pruning: Pruning): TreeNode {
  const copy = ({ connector: _, ...node }: TreeNode, standing: Standing): TreeNode => {
    const children = node.children.map((child) =>
      copy(child, pruning.below(standing, child.tokenId!, child.probability, child.cumulative)),
    );
    const isGeneric = !standing.particular && children.every(({ connector }) => !connector);
    return isGeneric ? { ...node, children } : { ...node, connector: true, children };
  };
  return copy(root, pruning.root);
}
