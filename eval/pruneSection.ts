import { PARTICULAR } from '../src/core/features/pruning.js';
import type { GrownPruned } from './prune.js';
import type { LayerMeasures, Rule } from './pruneData.js';
import { estimate, mean, written } from './statistics.js';
import { type Measures, paired } from './treeMeasures.js';

/** So many of each layer's held-out features, first in their order, had been looked at when earlier rules were chosen. */
export const LOOKED_AT = 250;
/** How many of each layer's are measured: of these, and of the others. */
export const MEASURED = { lookedAt: 180, others: 140 };

/** How many of each layer's features of the tuning half are measured at `scale=best`. */
export const AT_BEST = 180;

type Rules = Map<Rule, LayerMeasures[]>;

/** What the section tells. */
export interface Measured {
  tuning: Rules;
  /** On the tuning half, too, at `scale=best`. */
  best: Rules;
  heldOut: Rules;
  grown: GrownPruned;
}

/** The values of a layer's features. */
type Values = (measures: Measures) => number[];

const MARGIN: Values = ({ ratio, otherRatio }) => paired(otherRatio, ratio);

/** What is measured, in the order of the tables. */
const COLUMNS: [string, Values][] = [
  ['similarity', ({ similarity }) => similarity],
  ['distinct', ({ distinct }) => distinct],
  ['wins', ({ ratioWins }) => ratioWins],
  ['own less other', MARGIN],
  ['own', ({ ratio }) => ratio],
  ['cosine', ({ own }) => own],
  ['cosine wins', ({ wins }) => wins],
];

/** The section of docs/evaluation.md. */
export function pruneSection({ tuning, best, heldOut, grown }: Measured): string {
  const off = heldOut.get('off')!;
  const on = heldOut.get(PARTICULAR)!;
  const names = COLUMNS.map(([name]) => name).join(' | ');
  const lines = COLUMNS.map(() => '---').join(' | ');
  const tuned = valuesOf(tuning.get('off')!, ({ own }) => own).length;
  const count = valuesOf(off, ({ own }) => own).length;
  const looked = changes(off, on, 0, MEASURED.lookedAt);
  const other = changes(off, on, MEASURED.lookedAt);
  const all = changes(off, on);
  const left =
    mean(valuesOf(on, ({ similarity }) => similarity)) / mean(valuesOf(off, ({ similarity }) => similarity));
  const empty = on.reduce((sum, layer) => sum + layer.empty, 0);
  const distinct = estimate(change(off, on, ({ distinct: value }) => value));
  return `
\`/feature ... prune=on\` against \`prune=off\` at \`scale=auto\`, other options at their defaults; formulas in [methods.md](methods.md#what-every-ghost-says). Measured is what the picture says in strong words: particular nodes without the connectors that lead to them, each weighed by its probability. A tree that holds nothing particular is shown whole and counts as it is shown.

- *Similarity* is the mean agreement (cosine of idf-weighed bags of tokens) between a feature's tree and the trees of the other features.
- *Own* is how much more often what the tree says stands in its own snippets than in all, in nats for each token (log-ratio of frequencies; \`Likelihood\` in \`eval/agreement.ts\`), *other* the mean of the same for the other features' snippets. Own alone is no judge of pruning: \`a\` and \`of\` stand in everybody's snippets as often as in any (0 nats), and whatever else is said mostly stands in none of a feature's few lines (below 0), so that hiding what everybody says lowers it.
- *Distinct*, therefore, is the judge, and was made so before the held-out half was measured with connectors: own less the mean of the others, in standard deviations of the others. What agrees with everybody's snippets alike is no agreement with the feature's own; and as leaving out words that say little about any snippets raises all differences alike, the difference counts in units of how much the others differ among themselves.
- *Wins* is the share of the others that is below own (one half is chance): the same by ranks. *Cosine* is the agreement with the own snippets measured as similarity is, and *cosine wins* its ranks.

The threshold, on the tuning half (${tuned} features). Of those that leave at most half the similarity, the one under which trees are most distinct is chosen: ${bestOf(tuning)}; ${PARTICULAR} is built in.

| threshold | ${names} | empty trees |
| --- | ${lines} | --- |
${[...tuning].map(([rule, layers]) => tuningRow(rule, layers)).join('\n')}

Tried on the tuning half as well, with no clearer rise: weighing nodes by \`log lift\` or by what their probability exceeds the baseline's, telling particular words instead of particular paths, a baseline of other features' trees instead of random ghosts', and snippets cut down to what stands near their peaks.

${atBest(best)}

On the held-out half (${count} features: of each layer ${MEASURED.lookedAt} that had been looked at before and ${MEASURED.others} others):

| | ${names} | empty trees |
| --- | ${lines} | --- |
${off.flatMap((layer, index) => [heldOutRow('off', layer), heldOutRow('on', on[index]!)]).join('\n')}

Changes from off to on, paired. The held-out half is not an untouched one: under an earlier rule, by which connectors counted like the rest, ${LOOKED_AT} features of each layer had been measured at thresholds of 40 and 48, and all of it once at 40, before this rule and its judge were thought of. The rule, its threshold and the judge were fixed on the tuning half before anything of the held-out half was measured under them; and the table tells the features of which only that one sum was known from the others.

| | ${names} |
| --- | ${lines} |
| all ${count} | ${all.join(' | ')} |
| ${3 * MEASURED.lookedAt} looked at before | ${looked.join(' | ')} |
| ${3 * MEASURED.others} others | ${other.join(' | ')} |

- Similarity of different features' trees falls to ${(100 * left).toFixed(0)} % (goal: 50 % or less).
- Distinct changes by ${written(distinct)}: ${verdict(distinct)} Own by itself falls, for the reason above.
- What is hidden says less of the feature than what is kept: ${keptAgainst(heldOut.get('hidden')!, on)}. This was asked after the tuning half had been seen to answer so, and of the held-out half once.
- ${empty} of ${count} trees hold nothing particular. Each would say so, and show its generic branches.
- Grown with \`prune=on\` themselves (${grown.count} features), trees are those that pruning the whole ones gives, and each answer says how much was hidden. They have ${grown.nodes.on.toFixed(0)} nodes, ${grown.nodes.connectors.toFixed(0)} of them connectors, instead of ${grown.nodes.off.toFixed(0)}; the hidden branches have a probability of ${grown.hidden.toFixed(2)} together. A tree took ${grown.milliseconds.on.toFixed(0)} ms instead of ${grown.milliseconds.off.toFixed(0)}, on a machine that did other work as well.
`;
}

/** The threshold that is chosen: the most distinct trees of those that at least halve similarity. */
function bestOf(tuning: Rules): number {
  const value = (rule: Rule, of: Values) => mean(valuesOf(tuning.get(rule)!, of));
  const similarity: Values = (measures) => measures.similarity;
  const halving = [...tuning.keys()].filter(
    (rule): rule is number =>
      typeof rule === 'number' && value(rule, similarity) <= 0.5 * value('off', similarity),
  );
  const distinct = (rule: number) => value(rule, (measures) => measures.distinct);
  return halving.reduce((best, rule) => (distinct(rule) > distinct(best) ? rule : best));
}

/** What pruning does at the scale that `/feature` takes by default. */
function atBest(best: Rules): string {
  const [off, on, hidden] = [best.get('off')!, best.get(PARTICULAR)!, best.get('hidden')!];
  const similarity = (layers: LayerMeasures[]) => mean(valuesOf(layers, (measures) => measures.similarity));
  const distinct: Values = (measures) => measures.distinct;
  const rise = estimate(change(off, on, distinct));
  const wins = estimate(change(off, on, ({ ratioWins }) => ratioWins));
  const clear = rise.low > 0 && wins.low > 0;
  return `At \`scale=best\`, the default of gloss-12l, the same was tried on ${rise.count} features of the tuning half: similarity falls to ${((100 * similarity(on)) / similarity(off)).toFixed(0)} %, distinct changes by ${written(rise)} and wins by ${written(wins)}, ${clear ? 'a rise' : 'no more than chance might, so that the held-out half was not measured there'}. What is hidden there agrees less with the own snippets than what is kept does (${keptAgainst(hidden, on)}), but not so little that trees without it would be clearly more distinct: neither other thresholds, nor baselines of random ghosts at all distances or at those near the tree's own, nor trees of decoder vectors (252), nor counting only features that their definitions activate, gave a clear rise.`;
}

/** Whether what is hidden is what says less of the feature. */
function keptAgainst(hidden: LayerMeasures[], on: LayerMeasures[]): string {
  const distinct: Values = (measures) => measures.distinct;
  const of = (layers: LayerMeasures[]) => written(estimate(valuesOf(layers, distinct)));
  return `distinct ${of(hidden)} against ${of(on)}, paired difference ${written(estimate(change(hidden, on, distinct)))}`;
}

function verdict({ low, high }: { low: number; high: number }): string {
  if (low > 0) return "trees agree more with their own snippets, against others', than they did.";
  return high < 0
    ? 'missed, the agreement with the own snippets falls.'
    : 'missed, the agreement with the own snippets was to rise and does not by more than chance might. What trees have in common is halved; no change in what is specific to them was seen.';
}

function valuesOf(layers: readonly LayerMeasures[], of: Values): number[] {
  return layers.flatMap(({ measures }) => of(measures));
}

/** @param from first feature of each layer's sample that counts, `to` the first that no longer does */
function change(
  off: readonly LayerMeasures[],
  on: readonly LayerMeasures[],
  of: Values,
  from = 0,
  to?: number,
): number[] {
  return off.flatMap(({ measures }, index) => paired(of(measures), of(on[index]!.measures)).slice(from, to));
}

function changes(
  off: readonly LayerMeasures[],
  on: readonly LayerMeasures[],
  from?: number,
  to?: number,
): string[] {
  return COLUMNS.map(([, of]) => written(estimate(change(off, on, of, from, to))));
}

function tuningRow(rule: Rule, layers: readonly LayerMeasures[]): string {
  const values = COLUMNS.map(([, of]) => mean(valuesOf(layers, of)).toFixed(3));
  const empty = layers.reduce((sum, layer) => sum + layer.empty, 0);
  return `| ${[rule, ...values, empty].join(' | ')} |`;
}

function heldOutRow(rule: string, { layer, measures, empty }: LayerMeasures): string {
  const values = COLUMNS.map(([, of]) => written(estimate(of(measures))));
  return `| ${[`layer ${layer}, ${rule}`, ...values, empty].join(' | ')} |`;
}
