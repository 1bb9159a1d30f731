import { PARTICULAR, pruneBy } from '../../src/core/features/tree/pruning.js';
import type { TreeNode } from '../../src/core/index.js';
import type { Baseline } from '../../src/core/model/model.js';
import { type Bag, snippetBag, treeBag } from '../measures/agreement.js';
import { cosines, Meaning, meanVector, type WordVectors } from '../measures/meaning.js';
import { type FeatureSnippets, readSnippets } from '../measures/snippets.js';
import type { Half } from '../measures/split.js';
import { against, chosen, judgesOf, type Measures, measured } from '../measures/treeMeasures.js';
import { hiddenCopy, prunedCopy } from './prunedTrees.js';

/** Trees of the features of one half. */
export interface Sample {
  half: Half;
  scale: 'auto' | 'best';
  weights: 'encoder' | 'decoder';
}

/** Grows the features' trees whole, in their order. */
export type Grower = (
  layer: number,
  features: readonly FeatureSnippets[],
  sample: Sample,
) => AsyncIterable<TreeNode>;

/** What counts of a tree: all of it, what pruning by a threshold leaves, or what the built-in one hides. */
export type Rule = 'off' | number | 'hidden';

/** What is measured of trees, one value a feature. */
export interface PruneMeasures extends Measures {
  /** How far the own snippets stand out among the others' in meaning: as `distinct`, of cosines of mean word vectors. */
  meaning: number[];
  /** Share of the other features whose snippets are less near in meaning than its own. */
  meaningWins: number[];
  /** `meaning` after what all snippets have in common, the mean of their vectors, was taken off snippets and trees. */
  centredMeaning: number[];
}

/** What is measured of a layer's trees under one rule. */
export interface LayerMeasures {
  layer: number;
  /** In the order of the sample. */
  measures: PruneMeasures;
  /**
   * Trees that hold nothing of what counts. Those without anything particular are shown whole, and count as they are
   * shown; what is hidden of a tree of which nothing is counts as chance.
   */
  empty: number;
}

/** What the trees are measured with. */
export interface Reference {
  baseline: Baseline;
  vectors: WordVectors;
}

/**
 * Measures a sample of trees, grown once, under each of several rules.
 *
 * @returns of each layer, for each of the rules
 */
export async function measurePruning(
  sample: Sample,
  rules: readonly Rule[],
  { baseline, vectors }: Reference,
  grow: Grower,
): Promise<Map<Rule, LayerMeasures[]>> {
  const found = new Map<Rule, LayerMeasures[]>(rules.map((rule) => [rule, []]));
  for (const [hook, snippets] of readSnippets()) {
    const layer = Number(hook.split('.')[1]);
    const features = chosen(snippets, sample.half, snippets.length);
    const measure = measureOf(snippets, features, vectors);
    const said = new Map(rules.map((rule) => [rule, { bags: [] as Bag[], empty: 0 }]));
    for await (const root of grow(layer, features, sample)) {
      for (const [rule, into] of said) {
        const bag = counted(root, rule, baseline);
        into.bags.push(bag.size === 0 && rule !== 'hidden' ? treeBag(root) : bag);
        if (bag.size === 0) into.empty++;
      }
    }
    for (const [rule, { bags, empty }] of said)
      found.get(rule)!.push({ layer, measures: measure(bags), empty });
  }
  return found;
}

/** @param snippets of all of the SAE's features */
function measureOf(
  snippets: readonly FeatureSnippets[],
  features: readonly FeatureSnippets[],
  vectors: WordVectors,
): (bags: readonly Bag[]) => PruneMeasures {
  const judges = judgesOf(snippets);
  const meaning = new Meaning(vectors, snippets);
  const fired = features.map((feature) => meaning.of(snippetBag(feature)));
  const center = meanVector(fired);
  return (bags) => {
    const said = bags.map((bag) => meaning.of(bag));
    const near = against(cosines(said, fired));
    return {
      ...measured(judges, features, bags),
      meaning: near.distinct,
      meaningWins: near.wins,
      centredMeaning: against(cosines(said, fired, center)).distinct,
    };
  };
}

function counted(root: TreeNode, rule: Rule, baseline: Baseline): Bag {
  if (rule === 'off') return treeBag(root);
  if (rule === 'hidden') return treeBag(hiddenCopy(root, pruneBy(baseline, PARTICULAR)));
  return treeBag(prunedCopy(root, pruneBy(baseline, rule)));
}
