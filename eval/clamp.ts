import { explainFeature } from '../src/core/features/feature.js';
import type { FeatureParameters, FeatureReport } from '../src/core/index.js';
import { Agreement, treeBag } from './agreement.js';
import { endedShare, languageOf, realDefinitions, strongestPaths } from './definitionLanguage.js';
import { openEmbeddedModel } from './embeddedModel.js';
import { unitRows } from './heldUnits.js';
import type { Evaluation } from './run.js';
import { type FeatureSnippets, readSnippets } from './snippets.js';
import { estimate, mean, written } from './statistics.js';
import { chosen, measured, paired } from './treeMeasures.js';

/** Features per layer. */
const HELD_OUT = 30;
const TUNING = 20;
/** Nodes of a tree. */
const NODES = 300;
const STRENGTHS = [0.1, 0.25, 0.5, 1, 2, 4];

/** How trees are grown, but for the defaults. */
type Condition = Pick<FeatureParameters, 'clamp' | 'steer'> & { scale?: number };
const FREE: Condition = { clamp: 'off', steer: 'off' };
const clamped = (strength: number): Condition => ({ clamp: strength, steer: 'off' });
const steered = (strength: number): Condition => ({ clamp: 'off', steer: strength });
/** So small a ghost is the centroid: nothing but the clamp says which feature it is. */
const CENTROID = 0.01;

/** What is measured of one condition's trees, one value a feature. */
interface Result {
  own: number[];
  wins: number[];
  /** Share of probability of definitions that end. */
  ended: number[];
  bits: number[];
  repeated: number[];
}

type Model = Awaited<ReturnType<typeof openEmbeddedModel>>;

export const clamp: Evaluation = {
  name: 'clamp',
  title: 'Trees under clamping',
  async run() {
    const embedded = await openEmbeddedModel();
    try {
      return await measure(embedded);
    } finally {
      await embedded.model.close();
    }
  },
};

/** One layer's held-out results; `best` are the strengths chosen on the tuning half. */
interface Layer {
  layer: number;
  best: { clamp: number; steer: number };
  rows: { name: string; result: Result }[];
}

async function measure(embedded: Model): Promise<string> {
  const tuning: string[] = [];
  const layers: Layer[] = [];
  const real: number[][] = [];
  for (const [hook, snippets] of readSnippets()) {
    const layer = Number(hook.split('.')[1]);
    const agreement = new Agreement(snippets);
    const of = (features: readonly FeatureSnippets[]) => (condition: Condition) =>
      resultOf(embedded, agreement, layer, features, condition);

    const onTuning = of(chosen(snippets, 'tuning', TUNING));
    const best = { clamp: 0, steer: 0 };
    const cells: string[] = [written(estimate((await onTuning(FREE)).own))];
    for (const by of ['clamp', 'steer'] as const) {
      const owns: number[] = [];
      for (const strength of STRENGTHS) owns.push(mean((await onTuning({ ...FREE, [by]: strength })).own));
      best[by] = STRENGTHS[owns.indexOf(Math.max(...owns))]!;
      cells.push(...owns.map((own) => own.toFixed(3)));
    }
    tuning.push(`| ${[`layer ${layer}`, ...cells].join(' | ')} |`);

    const features = chosen(snippets, 'held-out', HELD_OUT);
    const onHeldOut = of(features);
    const conditions: [string, Condition][] = [
      ['off', FREE],
      [`clamp=${best.clamp} (best)`, clamped(best.clamp)],
      [`steer=${best.steer} (best)`, steered(best.steer)],
      ['clamp=1', clamped(1)],
      ['clamp=4', clamped(4)],
      ['steer=4', steered(4)],
      [`clamp=${best.clamp}, no ghost`, { ...clamped(best.clamp), scale: CENTROID }],
      ['clamp=1, no ghost', { ...clamped(1), scale: CENTROID }],
    ];
    const rows: Layer['rows'] = [];
    for (const [name, condition] of conditions) rows.push({ name, result: await onHeldOut(condition) });
    layers.push({ layer, best, rows });
    real.push(...features.flatMap((feature) => realDefinitions(feature, embedded.model).slice(0, 1)));
  }
  const { bits, repeated } = await languageOf(embedded.model, embedded.defaults.prompt, real);
  return `
\`/feature ... clamp=\` and \`steer=\` against neither, with encoder ghosts, ${NODES} nodes a tree and other options at their defaults; formulas in [methods.md](methods.md#trees-under-clamping). Strengths are in units of each feature's largest activation in the corpus. *Own* is the agreement of the tree with the feature's own snippets (cosine of idf-weighed bags of tokens), *wins* the share of the other sampled features' snippets that agree less (one half is chance), *change* that of own against off, paired. For the language: *ended* is the probability of the definitions that end within the tree, *bits* the mean surprise a token of the five strongest definitions for the model when nothing is held and the centroid stands in the ghost's place, *repeated* the share of their tokens that are one of the two tokens before. ${real.length} real definitions from the snippets have ${bits.toFixed(2)} bits and ${(100 * repeated).toFixed(1)} % repeated. "No ghost" is \`scale=${CENTROID}\`: the ghost is the centroid, and only the clamp tells the feature.

Own agreement on the tuning half (${TUNING} features a layer):

| | off | ${['clamp', 'steer'].flatMap((by) => STRENGTHS.map((strength) => `${by}=${strength}`)).join(' | ')} |
| --- |${' --- |'.repeat(1 + 2 * STRENGTHS.length)}
${tuning.join('\n')}

On the held-out half (${HELD_OUT} features a layer), with the strengths that were best on the tuning half:

| | own | change | wins | ended | bits | repeated |
| --- | --- | --- | --- | --- | --- | --- |
${layers.flatMap(tableRows).join('\n')}

${layers.map(verdict).join('\n')}

Where no corpus ships with a model, the unit is measured. Had gloss-12l none, it would be this part of the corpus' largest activation, for held-out features (quartiles):

| | measured on texts | typical of the SAE | lower quartile | median | upper quartile |
| --- | --- | --- | --- | --- | --- |
${(await unitRows(embedded)).join('\n')}
`;
}

async function resultOf(
  { model, defaults, limits }: Model,
  agreement: Agreement,
  layer: number,
  features: readonly FeatureSnippets[],
  condition: Condition,
): Promise<Result> {
  const source = await model.features(layer);
  const parameters = { ...defaults, tokens: 1, nodes: NODES, ...condition };
  const reports: FeatureReport[] = [];
  const languages: Awaited<ReturnType<typeof languageOf>>[] = [];
  for (const { feature } of features) {
    const request = { model: model.id, layer, feature, parameters };
    const report = await explainFeature(model, source, request, limits, 0, () => {});
    reports.push(report);
    const paths = strongestPaths(report.tree.root);
    if (paths.length > 0) languages.push(await languageOf(model, defaults.prompt, paths));
  }
  const bags = reports.map(({ tree }) => treeBag(tree.root));
  const { own, wins } = measured(agreement, features, bags);
  return {
    own,
    wins,
    ended: reports.map(({ tree }) => endedShare(tree.root)),
    bits: languages.map(({ bits }) => bits),
    repeated: languages.map(({ repeated }) => repeated),
  };
}

function tableRows({ layer, rows }: Layer): string[] {
  const free = rows[0]!.result;
  return rows.map(({ name, result }) => {
    const change = name === 'off' ? '' : written(estimate(paired(free.own, result.own)));
    return `| layer ${layer}, ${name} | ${[
      written(estimate(result.own)),
      change,
      written(estimate(result.wins)),
      written(estimate(result.ended), 2),
      written(estimate(result.bits), 2),
      mean(result.repeated).toFixed(3),
    ].join(' | ')} |`;
  });
}

/** What the table says of one layer, in words. */
function verdict({ layer, rows }: Layer): string {
  const [free, ...held] = rows.slice(0, 6);
  const effects = held.map(({ name, result }) => {
    const change = estimate(paired(free!.result.own, result.own));
    const ended = estimate(paired(free!.result.ended, result.ended));
    const helps =
      change.low > 0
        ? 'raises the agreement'
        : change.high < 0
          ? 'lowers it'
          : 'does not change it measurably';
    const breaks =
      ended.high < 0 ? `, and fewer definitions end (by ${(-100 * ended.mean).toFixed(0)} points)` : '';
    return `\`${name.replace(' (best)', '')}\` ${helps}${breaks}`;
  });
  return `- Layer ${layer}: ${[...new Set(effects)].join('; ')}.`;
}
