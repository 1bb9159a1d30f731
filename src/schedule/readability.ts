import type { DefinitionTree, TreeNode } from '../core/index.js';

/** Letters with their marks, digits, punctuation and spaces: what a definition is written in. */
const READABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{Zs}]*$/u;

/**
 * How much of what the model says about a ghost is particular to it and can be read: the sum of c(leaf) over the
 * leaves of its pruned tree with
 *
 *     no generic branch on the way, and every token on the way made of letters, digits, punctuation and spaces,
 *
 * c the cumulative probability; 0..1.
 */
export function particularShare({ root }: Pick<DefinitionTree, 'root'>): number {
  let sum = 0;
  const nodes: TreeNode[] = [root];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (node.generic || !READABLE.test(node.token)) continue;
    if (node.children.length === 0 && node.tokenId !== null) sum += node.cumulative;
    nodes.push(...node.children);
  }
  return sum;
}
