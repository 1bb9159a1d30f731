import type { Baseline } from '../src/core/features/baseline.js';
import { pruneBy } from '../src/core/features/pruning.js';
import type { TreeNode } from '../src/core/index.js';
import { type Bag, treeBag } from './agreement.js';
import { prunedCopy } from './prunedTrees.js';
import { type FeatureSnippets, readSnippets } from './snippets.js';
import type { Half } from './split.js';
import { chosen, judgesOf, type Measures, measured } from './treeMeasures.js';

/** Grows the features' trees whole, in their order. */
export type Grower = (layer: number, features: readonly FeatureSnippets[]) => AsyncIterable<TreeNode>;

/** What is measured of a layer's trees under one rule. */
export interface LayerMeasures {
  layer: number;
  /** One value a feature, in the order of the sample. */
  measures: Measures;
  /** Trees that hold nothing particular. They are shown whole, and count as they are shown. */
  empty: number;
}

/** The features of a layer that are measured. */
export interface Sample {
  half: Half;
  /** Which of the half's features, all given in a seeded order. */
  of: (features: readonly FeatureSnippets[]) => FeatureSnippets[];
}

/**
 * Measures a sample of trees, grown once: as they are, and as pruning by each threshold leaves them.
 *
 * @returns of each layer, for "off" and for each of the thresholds
 */
export async function measurePruning(
  { half, of }: Sample,
  thresholds: readonly number[],
  baseline: Baseline,
  grow: Grower,
): Promise<Map<number | 'off', LayerMeasures[]>> {
  const rules = ['off' as const, ...thresholds];
  const found = new Map<number | 'off', LayerMeasures[]>(rules.map((rule) => [rule, []]));
  for (const [hook, snippets] of readSnippets()) {
    const layer = Number(hook.split('.')[1]);
    const judges = judgesOf(snippets);
    const features = of(chosen(snippets, half, snippets.length));
    const said = new Map(rules.map((rule) => [rule, { bags: [] as Bag[], empty: 0 }]));
    for await (const root of grow(layer, features)) {
      for (const [rule, into] of said) {
        const copy = rule === 'off' ? root : prunedCopy(root, pruneBy(baseline, rule));
        const isEmpty = copy.children.length === 0;
        into.bags.push(treeBag(isEmpty ? root : copy));
        if (isEmpty) into.empty++;
      }
    }
    for (const [rule, { bags, empty }] of said)
      found.get(rule)!.push({ layer, measures: measured(judges, features, bags), empty });
  }
  return found;
}
