import type { DefinitionTree, FeatureReport } from '../../src/core/index.js';
import { formatCount, formatProbability } from '../../src/text/numbers.js';

/** What became of the generic branches, as a line of text; nothing where nobody asked or there are none. */
export function prunedLine({
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
  const count = `${formatCount(pruned.branches)} generic ${pruned.branches === 1 ? 'branch' : 'branches'}`;
  const share = `(${formatProbability(pruned.probability)} of the probability)`;
  return [`${count} ${pruned.hidden ? 'hidden' : 'in grey'} ${share}`];
}
