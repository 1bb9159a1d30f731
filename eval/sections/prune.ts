import { prunedText } from '../../commands/parts/pruned.js';
import { answerFeature } from '../../src/core/features/feature/index.js';
import { PARTICULAR, pruneBy } from '../../src/core/features/tree/pruning.js';
import type { FeatureReport, TreeNode } from '../../src/core/index.js';
import type { Baseline } from '../../src/core/model/model.js';
import { type openEvaluatedModel, withEvaluatedModel } from '../evaluatedModel.js';
import { wordVectors } from '../measures/meaning.js';
import { type FeatureSnippets, readSnippets } from '../measures/snippets.js';
import { mean } from '../measures/statistics.js';
import { chosen } from '../measures/treeMeasures.js';
import type { Evaluation } from '../run.js';
import { type Grower, measurePruning, type Rule, type Sample } from './pruneData.js';
import { prunedCopy } from './prunedTrees.js';
import { pruneSection } from './pruneSection.js';

/** What the threshold is chosen on. */
export const TUNING: Sample = { half: 'tuning', scale: 'best', weights: 'encoder' };
/** At the scale that `/feature` takes by default for the embedded model, and at that of other models. */
export const HELD_OUT = {
  encoder: { half: 'held-out', scale: 'best', weights: 'encoder' },
  decoder: { half: 'held-out', scale: 'best', weights: 'decoder' },
  auto: { half: 'held-out', scale: 'auto', weights: 'encoder' },
} as const satisfies Record<string, Sample>;
/** Features per layer whose trees are grown with `prune=on`, too. */
const GROWN = 10;
const THRESHOLDS = [4, 6, 8, 10, 12, 16, 24];

type Model = Awaited<ReturnType<typeof openEvaluatedModel>>;

export const prune: Evaluation = {
  name: 'prune',
  title: 'Hiding what every ghost says',
  run: () =>
    withEvaluatedModel((embedded) =>
      pruneEvaluation(embedded, async function* (layer, features, sample) {
        for (const feature of features) yield (await ask(embedded, layer, feature, 'off', sample)).tree.root;
      }),
    ),
};

/** @param grow grows trees as `prune=off` does */
export async function pruneEvaluation(embedded: Model, grow: Grower): Promise<string> {
  const { model, defaults, limits } = embedded;
  const baseline = await model.baseline(
    { ...defaults, centered: false, radius: 1, hook: '' },
    limits,
    () => {},
  );
  const reference = { baseline, vectors: await wordVectors(model) };
  const measure = (sample: Sample, rules: Rule[]) => measurePruning(sample, rules, reference, grow);
  const rules: Rule[] = ['off', PARTICULAR, 'hidden'];
  return pruneSection({
    tuning: await measure(TUNING, ['off', ...THRESHOLDS]),
    encoder: await measure(HELD_OUT.encoder, rules),
    decoder: await measure(HELD_OUT.decoder, rules),
    auto: await measure(HELD_OUT.auto, rules),
    grown: await grownPruned(embedded, baseline),
  });
}

/** What growing with `prune=on` is like; its trees must be those that pruning the whole ones gives. */
export interface GrownPruned {
  count: number;
  /** Means of one tree: nodes, and among them connectors; probability that was hidden; milliseconds. */
  nodes: { off: number; on: number; connectors: number };
  hidden: number;
  milliseconds: { off: number; on: number };
}

async function grownPruned(embedded: Model, baseline: Baseline): Promise<GrownPruned> {
  const pruning = pruneBy(baseline);
  const pairs: { off: FeatureReport; on: FeatureReport }[] = [];
  for (const [hook, snippets] of readSnippets()) {
    const layer = Number(hook.split('.')[1]);
    for (const feature of chosen(snippets, 'held-out', GROWN)) {
      const off = await ask(embedded, layer, feature, 'off', HELD_OUT.encoder);
      const on = await ask(embedded, layer, feature, 'on', HELD_OUT.encoder);
      pairs.push({ off, on });
      const name = `layer ${layer}, feature ${feature.feature}`;
      if (prunedText(on).length === 0) throw new Error(`${name}: does not say what was hidden`);
      const kept = pathsOf(prunedCopy(off.tree.root, pruning));
      const same = isShownWhole(on) ? kept.length === 0 : kept.join() === pathsOf(on.tree.root).join();
      if (!same) throw new Error(`${name}: not the tree that pruning the whole one gives`);
    }
  }
  const of = (value: (pair: (typeof pairs)[number]) => number) => mean(pairs.map(value));
  return {
    count: pairs.length,
    nodes: {
      off: of(({ off }) => off.tree.nodes),
      on: of(({ on }) => on.tree.nodes),
      connectors: of(({ on }) => nodesBelow(on.tree.root).filter(({ connector }) => connector).length),
    },
    hidden: of(({ on }) => on.tree.pruned!.probability),
    milliseconds: { off: of(({ off }) => off.timing.tree), on: of(({ on }) => on.timing.tree) },
  };
}

async function ask(
  { model, defaults, limits }: Model,
  layer: number,
  { feature }: FeatureSnippets,
  prune: 'on' | 'off',
  { scale, weights }: Sample,
): Promise<FeatureReport> {
  const parameters = { ...defaults, tokens: 1, prune, scale, weights };
  const request = { model: model.id, layer, feature, parameters };
  return answerFeature(model, await model.features(layer), request, limits, 0, () => {});
}

/** Whether pruning left nothing: all is shown then, as generic. */
function isShownWhole({ tree }: FeatureReport): boolean {
  return tree.pruned?.hidden === false;
}

/** Every node with its kind, as words that can be compared. */
function pathsOf(root: TreeNode, above = ''): string[] {
  return root.children.flatMap((node) => {
    const path = `${above}/${node.tokenId}`;
    return [node.connector ? `${path} connects` : path, ...pathsOf(node, path)];
  });
}

function nodesBelow(root: TreeNode): TreeNode[] {
  return root.children.flatMap((node) => [node, ...nodesBelow(node)]);
}
