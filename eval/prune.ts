import { prunedLine } from '../commands/prunedLine.js';
import type { Baseline } from '../src/core/features/baseline.js';
import { explainFeature } from '../src/core/features/feature.js';
import { PARTICULAR, pruneBy } from '../src/core/features/pruning.js';
import type { FeatureReport, TreeNode } from '../src/core/index.js';
import { type openEmbeddedModel, withEmbeddedModel } from './embeddedModel.js';
import { type Grower, measurePruning, type Rule, type Sample } from './pruneData.js';
import { prunedCopy } from './prunedTrees.js';
import { AT_BEST, LOOKED_AT, MEASURED, pruneSection } from './pruneSection.js';
import type { Evaluation } from './run.js';
import { type FeatureSnippets, readSnippets } from './snippets.js';
import { mean } from './statistics.js';
import { chosen } from './treeMeasures.js';

export const TUNING: Sample = { half: 'tuning', scale: 'auto', of: (features) => [...features] };
/** The scale that `/feature` takes by default: the rule is not chosen there, only tried. */
export const BEST: Sample = { half: 'tuning', scale: 'best', of: (features) => features.slice(0, AT_BEST) };
/** Of the features that had been looked at before, and of the others. */
export const HELD_OUT: Sample = {
  half: 'held-out',
  scale: 'auto',
  of: (features) => [
    ...features.slice(0, MEASURED.lookedAt),
    ...features.slice(LOOKED_AT, LOOKED_AT + MEASURED.others),
  ],
};
/** Features per layer whose trees are grown with `prune=on`, too. */
const GROWN = 10;
export const THRESHOLDS = [4, 8, 12, 16, 24, 32, 48];

type Model = Awaited<ReturnType<typeof openEmbeddedModel>>;

export const prune: Evaluation = {
  name: 'prune',
  title: 'Hiding what every ghost says',
  run: () =>
    withEmbeddedModel(async (embedded) => {
      const { model, defaults, limits } = embedded;
      const baseline = await model.baseline({ ...defaults, centered: false }, limits, () => {});
      return pruneEvaluation(embedded, baseline, async function* (layer, features, scale) {
        for (const feature of features) yield (await ask(embedded, layer, feature, 'off', scale)).tree.root;
      });
    }),
};

/** @param grow grows trees as `prune=off` does */
export async function pruneEvaluation(embedded: Model, baseline: Baseline, grow: Grower): Promise<string> {
  const measure = (sample: Sample, rules: Rule[]) => measurePruning(sample, rules, baseline, grow);
  const tuning = await measure(TUNING, ['off', ...THRESHOLDS]);
  const best = await measure(BEST, ['off', PARTICULAR, 'hidden']);
  const heldOut = await measure(HELD_OUT, ['off', PARTICULAR, 'hidden']);
  return pruneSection({ tuning, best, heldOut, grown: await grownPruned(embedded, baseline) });
}

/** What growing with `prune=on` is like; its trees must be those that pruning the whole ones gives. */
export interface GrownPruned {
  count: number;
  /** Means of one tree: nodes, and among them connectors; probability that was hidden; milliseconds. */
  nodes: { off: number; on: number; connectors: number };
  hidden: number;
  milliseconds: { off: number; on: number };
}

export async function grownPruned(embedded: Model, baseline: Baseline): Promise<GrownPruned> {
  const pruning = pruneBy(baseline);
  const pairs: { off: FeatureReport; on: FeatureReport }[] = [];
  for (const [hook, snippets] of readSnippets()) {
    const layer = Number(hook.split('.')[1]);
    for (const feature of chosen(snippets, 'held-out', GROWN)) {
      const off = await ask(embedded, layer, feature, 'off');
      const on = await ask(embedded, layer, feature, 'on');
      pairs.push({ off, on });
      const name = `layer ${layer}, feature ${feature.feature}`;
      if (prunedLine(on).length === 0) throw new Error(`${name}: does not say what was hidden`);
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
  scale: Sample['scale'] = 'auto',
): Promise<FeatureReport> {
  const parameters = { ...defaults, tokens: 1, prune, scale };
  const request = { model: model.id, layer, feature, parameters };
  return explainFeature(model, await model.features(layer), request, limits, 0, () => {});
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
