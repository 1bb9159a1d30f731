import type { Baseline } from '../src/core/features/baseline.js';
import { PARTICULAR, pruneBy } from '../src/core/features/pruning.js';
import type { TreeNode } from '../src/core/index.js';
import { type Bag, treeBag } from './agreement.js';
import { hiddenCopy, prunedCopy } from './prunedTrees.js';
import { type FeatureSnippets, readSnippets } from './snippets.js';
import type { Half } from './split.js';
import { chosen, judgesOf, type Measures, measured } from './treeMeasures.js';

/** Grows the features' trees whole, in their order. */
export type Grower = (
  layer: number,
  features: readonly FeatureSnippets[],
  scale: Sample['scale'],
) => AsyncIterable<TreeNode>;

/** What counts of a tree: all of it, what pruning by a threshold leaves, or what the built-in one hides. */
export type Rule = 'off' | number | 'hidden';

/** What is measured of a layer's trees under one rule. */
export interface LayerMeasures {
  layer: number;
  /** One value a feature, in the order of the sample. */
  measures: Measures;
  /**
   * Trees that hold nothing of what counts. Those without anything particular are shown whole, and count as they are
   * shown; what is hidden of a tree of which nothing is counts as chance.
   */
  empty: number;
}

/** The features of a layer that are measured, and at which scale. */
export interface Sample {
  half: Half;
  scale: 'auto' | 'best';
  /** Which of the half's features, all given in a seeded order. */
  of: (features: readonly FeatureSnippets[]) => FeatureSnippets[];
}

/**
 * Measures a sample of trees, grown once, under each of several rules.
 *
 * @returns of each layer, for each of the rules
 */
export async function measurePruning(
  { half, scale, of }: Sample,
  rules: readonly Rule[],
  baseline: Baseline,
  grow: Grower,
): Promise<Map<Rule, LayerMeasures[]>> {
  const found = new Map<Rule, LayerMeasures[]>(rules.map((rule) => [rule, []]));
  for (const [hook, snippets] of readSnippets()) {
    const layer = Number(hook.split('.')[1]);
    const judges = judgesOf(snippets);
    const features = of(chosen(snippets, half, snippets.length));
    const said = new Map(rules.map((rule) => [rule, { bags: [] as Bag[], empty: 0 }]));
    for await (const root of grow(layer, features, scale)) {
      for (const [rule, into] of said) {
        const bag = counted(root, rule, baseline);
        into.bags.push(bag.size === 0 && rule !== 'hidden' ? treeBag(root) : bag);
        if (bag.size === 0) into.empty++;
      }
    }
    for (const [rule, { bags, empty }] of said)
      found.get(rule)!.push({ layer, measures: measured(judges, features, bags), empty });
  }
  return found;
}

function counted(root: TreeNode, rule: Rule, baseline: Baseline): Bag {
  if (rule === 'off') return treeBag(root);
  if (rule === 'hidden') return treeBag(hiddenCopy(root, pruneBy(baseline, PARTICULAR)));
  return treeBag(prunedCopy(root, pruneBy(baseline, rule)));
}
