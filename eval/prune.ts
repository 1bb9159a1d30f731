import { prunedLine } from '../commands/prunedLine.js';
import { explainFeature } from '../src/core/features/feature.js';
import { PARTICULAR, pruneBy } from '../src/core/features/pruning.js';
import type { FeatureReport, TreeNode } from '../src/core/index.js';
import { type Bag, treeBag } from './agreement.js';
import { type openEmbeddedModel, withEmbeddedModel } from './embeddedModel.js';
import { prunedCopy } from './prunedTrees.js';
import type { Evaluation } from './run.js';
import { type FeatureSnippets, readSnippets } from './snippets.js';
import { estimate, mean, written } from './statistics.js';
import { chosen, type Measures as Judged, judgesOf, measured, paired } from './treeMeasures.js';

/** Features per layer. */
const HELD_OUT = 250;
const TUNING = 30;
const THRESHOLDS = [8, 16, 32, 40, 48, 64];

interface Measures extends Judged {
  /** Trees that hold nothing particular. They are shown whole, and count as they are shown. */
  empty: number;
}

type Model = Awaited<ReturnType<typeof openEmbeddedModel>>;

export const prune: Evaluation = {
  name: 'prune',
  title: 'Hiding what every ghost says',
  run: () => withEmbeddedModel(measure),
};

async function measure(embedded: Model): Promise<string> {
  const { model, defaults, limits } = embedded;
  const baseline = await model.baseline({ ...defaults, centered: false }, limits, () => {});
  const tuned = THRESHOLDS.map(() => [] as Measures[]);
  const whole: Measures[] = [];
  const rows: string[] = [];
  const all: { off: Measures; on: Measures }[] = [];
  for (const [hook, snippets] of readSnippets()) {
    const layer = Number(hook.split('.')[1]);
    const judges = judgesOf(snippets);

    const tuning = chosen(snippets, 'tuning', TUNING);
    const trees = await reports(embedded, layer, tuning, 'off');
    whole.push({ ...measured(judges, tuning, trees.map(said)), empty: 0 });
    THRESHOLDS.forEach((threshold, index) => {
      const pruning = pruneBy(baseline, threshold);
      const copies = trees.map(({ tree }) => prunedCopy(tree.root, pruning));
      const empty = copies.filter(({ children }) => children.length === 0).length;
      const shown = copies.map((copy, i) => (copy.children.length > 0 ? copy : trees[i]!.tree.root));
      tuned[index]!.push({ ...measured(judges, tuning, shown.map(treeBag)), empty });
    });

    const features = chosen(snippets, 'held-out', HELD_OUT);
    const offReports = await reports(embedded, layer, features, 'off');
    const onReports = await reports(embedded, layer, features, 'on');
    const off = { ...measured(judges, features, offReports.map(said)), empty: 0 };
    const empty = onReports.filter(isEmpty).length;
    const on = { ...measured(judges, features, onReports.map(said)), empty };
    all.push({ off, on });
    rows.push(
      tableRow(`layer ${layer}, off`, off, offReports),
      tableRow(`layer ${layer}, on`, on, onReports),
    );
    const silent = onReports.filter((report) => isEmpty(report) && prunedLine(report).length === 0);
    if (silent.length > 0) throw new Error(`${silent.length} trees are empty and do not say so`);
  }
  const of = (side: 'off' | 'on', key: keyof Omit<Measures, 'empty'>) =>
    all.flatMap((layer) => layer[side][key]);
  const change = (key: 'ratio' | 'ratioWins' | 'own') =>
    written(estimate(paired(of('off', key), of('on', key))));
  const margin = (side: 'off' | 'on') => paired(of(side, 'otherRatio'), of(side, 'ratio'));
  const left = mean(of('on', 'similarity')) / mean(of('off', 'similarity'));
  const similarities = tuned.map(similarity);
  const least = THRESHOLDS[similarities.indexOf(Math.min(...similarities))]!;
  const ownChange = estimate(paired(of('off', 'ratio'), of('on', 'ratio')));
  const empty = all.reduce((sum, { on }) => sum + on.empty, 0);
  return `
\`/feature ... prune=on\` against \`prune=off\`, other options at their defaults; formulas in [methods.md](methods.md#what-every-ghost-says). *Similarity* is the mean agreement (cosine of idf-weighed bags of tokens) between a feature's tree and the trees of the other sampled features, *cosine* the agreement, measured likewise, with its own snippets. As a cosine falls when a tree loses what agrees with everybody's snippets, the judge is another: *own* is how much more often what the tree says stands in its own snippets than in all, in nats for each token (log-ratio of frequencies, each node weighed by its probability; \`Likelihood\` in \`eval/agreement.ts\`), *other* the mean of the same for the other features' snippets, *wins* the share of the others that it is below its own for (one half is chance). A tree that holds nothing particular is shown whole and counts as it is shown. Milliseconds are those of a machine that did other work as well.

The threshold, on the tuning half (${TUNING} features a layer); the one that leaves least similarity is ${least}, and ${PARTICULAR} is built in:

| threshold | similarity | cosine | own | other | wins | empty trees |
| --- | --- | --- | --- | --- | --- | --- |
${[...THRESHOLDS.map((threshold, index) => tuningRow(String(threshold), tuned[index]!)), tuningRow('off', whole)].join('\n')}

On the held-out half (${HELD_OUT} features a layer):

| | similarity | cosine | own | other | wins | nodes | probability hidden | empty trees | ms a tree |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

- Similarity of different features' trees falls from ${mean(of('off', 'similarity')).toFixed(3)} to ${mean(of('on', 'similarity')).toFixed(3)}, to ${(100 * left).toFixed(0)} % (goal: 50 % or less).
- Agreement with the own snippets changes by ${change('ratio')} (goal: above 0), own less other from ${written(estimate(margin('off')))} to ${written(estimate(margin('on')))}, wins by ${change('ratioWins')}; the cosine by ${change('own')}.
- ${empty} of ${of('on', 'own').length} trees hold nothing particular. Each says so, and shows its generic branches.
- ${verdict(left, ownChange.low)}
`;
}

/** @param ownChange lower bound of the change of the agreement with the own snippets */
function verdict(similarityLeft: number, ownChange: number): string {
  if (similarityLeft <= 0.5 && ownChange > 0)
    return 'Both goals are reached by the log-ratio, and `prune=on` is the default. The two other judges do not rise: they compare bags, and a tree that shows less has less to compare.';
  const missed = [
    ...(similarityLeft <= 0.5 ? [] : ['the similarity that was to be halved']),
    ...(ownChange > 0
      ? []
      : ['the agreement with the own snippets, whose rise is too small to be told from none']),
  ];
  return `Missed: ${missed.join(' and ')}. \`prune=on\` is the default all the same: what it hides is what other features say as well, and \`off\` shows it.`;
}

async function reports(
  { model, defaults, limits }: Model,
  layer: number,
  features: readonly FeatureSnippets[],
  prune: 'on' | 'off',
): Promise<FeatureReport[]> {
  const source = await model.features(layer);
  const parameters = { ...defaults, tokens: 1, prune };
  const found: FeatureReport[] = [];
  for (const { feature } of features) {
    const request = { model: model.id, layer, feature, parameters };
    found.push(await explainFeature(model, source, request, limits, 0, () => {}));
  }
  return found;
}

/** Whether pruning left nothing: all is shown then, as generic. */
function isEmpty({ tree }: FeatureReport): boolean {
  return tree.pruned?.hidden === false;
}

function said({ tree }: FeatureReport): Bag {
  return treeBag(tree.root);
}

function similarity(layers: readonly Measures[]): number {
  return mean(layers.flatMap((layer) => layer.similarity));
}

function tuningRow(name: string, layers: readonly Measures[]): string {
  const value = (key: keyof Omit<Measures, 'empty'>) =>
    mean(layers.flatMap((layer) => layer[key])).toFixed(3);
  const empty = layers.reduce((sum, layer) => sum + layer.empty, 0);
  return `| ${name} | ${value('similarity')} | ${value('own')} | ${value('ratio')} | ${value('otherRatio')} | ${value('ratioWins')} | ${empty} |`;
}

function tableRow(name: string, measures: Measures, found: readonly FeatureReport[]): string {
  const interval = (values: readonly number[]) => written(estimate(values));
  const { similarity, own, ratio, otherRatio, ratioWins, empty } = measures;
  const nodes = mean(found.map(({ tree }) => count(tree.root)));
  const hidden = mean(found.map(({ tree }) => tree.pruned?.probability ?? 0));
  const milliseconds = mean(found.map(({ timing }) => timing.tree));
  return `| ${name} | ${interval(similarity)} | ${interval(own)} | ${interval(ratio)} | ${interval(otherRatio)} | ${interval(ratioWins)} | ${nodes.toFixed(0)} | ${hidden.toFixed(3)} | ${empty} | ${milliseconds.toFixed(0)} |`;
}

function count(node: TreeNode): number {
  return node.children.reduce((sum, child) => sum + 1 + count(child), 0);
}
