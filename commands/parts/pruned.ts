import type { DefinitionTree, FeatureReport } from '../../src/core/index.js';
import { counted, formatProbability } from '../../src/text/numbers.js';

/** How many generic branches were pruned, as a line of text; nothing where pruning was off or found none. */
export function prunedText({
  tree,
  parameters,
}: {
  tree: DefinitionTree;
  parameters: Pick<FeatureReport['parameters'], 'prune'>;
}): string[] {
  const { pruned } = tree;
  if (!pruned || pruned.branches === 0) return [];
  if (parameters.prune === 'on' && !pruned.hidden)
    return ['Everything that this feature says is generic: any ghost says the same, and nothing was hidden.'];
  const count = `${counted(pruned.branches, 'generic branch', 'generic branches')}`;
  const share = `(${formatProbability(pruned.probability)} of the probability)`;
  return [`${count} ${pruned.hidden ? 'hidden' : 'in grey'} ${share}`];
}
