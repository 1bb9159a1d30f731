import { answerFeature } from '../../src/core/features/feature/index.js';
import {
  type DefinitionLanguage,
  languageOf,
  strongestPaths,
} from '../../src/core/features/tree/language.js';
import type { FeatureParameters, FeatureReport } from '../../src/core/index.js';
import { tokenizePrompt } from '../../src/core/model/prompt.js';
import { type openEvaluatedModel, withEvaluatedModel } from '../evaluatedModel.js';
import { treeBag } from '../measures/agreement.js';
import { endedShare, realDefinitions } from '../measures/definitionLanguage.js';
import { type FeatureSnippets, readSnippets } from '../measures/snippets.js';
import { estimate, mean, written } from '../measures/statistics.js';
import { chosen, type Judges, judgesOf, measured, paired } from '../measures/treeMeasures.js';
import type { Evaluation } from '../run.js';
import { unitRows } from './heldUnits.js';

/** Features per layer. */
const HELD_OUT = 30;
const TUNING = 20;
/** Nodes of a tree. */
const NODES = 300;
const STRENGTHS = [0.1, 0.25, 0.5, 1, 2, 4];

/** How trees are grown, but for the defaults. */
type Condition = Pick<FeatureParameters, 'clamp' | 'steer'> & { scale?: number };
const FREE: Condition = { clamp: 'off', steer: 'off' };
/** So small a ghost is the centroid: nothing but the clamp says which feature it is. */
const CENTROID = 0.01;
/** What is measured on the held-out half whatever was best on the other. */
const FIXED: readonly Condition[] = [
  ...[1, 4].flatMap((strength) => [
    { ...FREE, clamp: strength },
    { ...FREE, steer: strength },
  ]),
  { ...FREE, clamp: 1, scale: CENTROID },
];
const nameOf = ({ clamp, steer, scale }: Condition): string =>
  `${clamp !== 'off' ? `clamp=${clamp}` : steer !== 'off' ? `steer=${steer}` : 'off'}${scale ? ', no ghost' : ''}`;

/** What is measured of one condition's trees, one value a feature. */
interface Result {
  own: number[];
  wins: number[];
  /** Share of probability of definitions that end. */
  ended: number[];
  bits: number[];
  repeated: number[];
}

type Model = Awaited<ReturnType<typeof openEvaluatedModel>>;

export const clamp: Evaluation = {
  name: 'clamp',
  title: 'Trees under clamping',
  run: () => withEvaluatedModel(measure),
};

/** Held-out results of one layer, by the name of the condition. */
interface Layer {
  layer: number;
  results: Map<string, Result>;
}

async function measure(embedded: Model): Promise<string> {
  const tuning: string[] = [];
  const layers: Layer[] = [];
  const real: number[][] = [];
  const weak: number[] = [];
  for (const [hook, snippets] of readSnippets()) {
    const layer = Number(hook.split('.')[1]);
    const judges = judgesOf(snippets);
    const of = (features: readonly FeatureSnippets[]) => (condition: Condition) =>
      resultOf(embedded, judges, layer, features, condition);

    const onTuning = of(chosen(snippets, 'tuning', TUNING));
    const free = (await onTuning(FREE)).own;
    const cells = [written(estimate(free))];
    const best: Condition[] = [];
    for (const by of ['clamp', 'steer'] as const) {
      const owns: number[][] = [];
      for (const strength of STRENGTHS) owns.push((await onTuning({ ...FREE, [by]: strength })).own);
      if (by === 'clamp') weak.push(...paired(free, owns[0]!));
      const means = owns.map(mean);
      best.push({ ...FREE, [by]: STRENGTHS[means.indexOf(Math.max(...means))]! });
      cells.push(...means.map((own) => own.toFixed(3)));
    }
    tuning.push(`| ${[`layer ${layer}`, ...cells].join(' | ')} |`);

    const features = chosen(snippets, 'held-out', HELD_OUT);
    const results = new Map<string, Result>();
    for (const condition of [FREE, ...best, ...FIXED])
      if (!results.has(nameOf(condition))) results.set(nameOf(condition), await of(features)(condition));
    layers.push({ layer, results });
    real.push(...features.flatMap((feature) => realDefinitions(feature, embedded.model).slice(0, 1)));
  }
  const { bits, repeated } = await asLanguage(embedded, real);
  return `
\`/feature ... clamp=\` and \`steer=\` against neither, with encoder ghosts, ${NODES} nodes a tree and other options at their defaults; formulas in [methods.md](methods.md#trees-under-clamping). Strengths are in units of each feature's largest activation in the corpus. *Own* is the agreement of the tree with the feature's own snippets (cosine of idf-weighed bags of tokens), *wins* the share of the other sampled features' snippets that agree less (one half is chance), *change* that of own against off, paired. For the language: *ended* is the probability of the definitions that end within the tree, *bits* the mean surprise a token of the five strongest definitions for the model when nothing is held and the centroid stands in the ghost's place, *repeated* the share of their tokens that are one of the two tokens before. ${real.length} real definitions from the snippets have ${bits.toFixed(2)} bits and ${(100 * repeated).toFixed(1)} % repeated. "No ghost" is \`scale=${CENTROID}\`: the ghost is the centroid, and only the clamp tells the feature.

Own agreement on the tuning half (${TUNING} features a layer):

| | off | ${['clamp', 'steer'].flatMap((by) => STRENGTHS.map((strength) => `${by}=${strength}`)).join(' | ')} |
| --- |${' --- |'.repeat(1 + 2 * STRENGTHS.length)}
${tuning.join('\n')}

On the held-out half (${HELD_OUT} features a layer), the strengths that were best there, and 1 and 4 everywhere:

| | own | change | wins | ended | bits | repeated |
| --- | --- | --- | --- | --- | --- | --- |
${layers.flatMap(tableRows).join('\n')}

Against off on the same features, *breaks the language* where the interval of bits lies above the ${bits.toFixed(2)} of real definitions:

${layers.map((layer) => verdict(layer, bits)).join('\n')}
- Clamping at ${STRENGTHS[0]} of the maximum, which is less than many ghosts bring by themselves, changes own by ${written(estimate(weak))} (tuning half, all layers): the feature is then taken away.

Where no corpus ships with a model, the unit is measured. Had gloss-12l none, it would be this part of the corpus' largest activation, for held-out features (quartiles):

| | measured on texts | typical of the SAE | lower quartile | median | upper quartile |
| --- | --- | --- | --- | --- | --- |
${(await unitRows(embedded)).join('\n')}
`;
}

/** How far definitions are language, in the default prompt. */
async function asLanguage(
  { model, defaults }: Pick<Model, 'model' | 'defaults'>,
  definitions: readonly (readonly number[])[],
): Promise<DefinitionLanguage> {
  const { ids } = tokenizePrompt(defaults.prompt, model.tokenizer, true);
  const { centroid } = await model.embeddings(false);
  return languageOf(model.language, ids, centroid, definitions);
}

async function resultOf(
  { model, defaults, limits }: Model,
  judges: Judges,
  layer: number,
  features: readonly FeatureSnippets[],
  condition: Condition,
): Promise<Result> {
  const source = await model.features(layer);
  const parameters = { ...defaults, tokens: 1, nodes: NODES, ...condition };
  const reports: FeatureReport[] = [];
  const languages: DefinitionLanguage[] = [];
  for (const { feature } of features) {
    const request = { model: model.id, layer, feature, parameters };
    const report = await answerFeature(model, source, request, limits, 0, () => {});
    reports.push(report);
    const paths = strongestPaths(report.tree.root);
    if (paths.length > 0) languages.push(await asLanguage({ model, defaults }, paths));
  }
  const bags = reports.map(({ tree }) => treeBag(tree.root));
  const { own, wins } = measured(judges, features, bags);
  return {
    own,
    wins,
    ended: reports.map(({ tree }) => endedShare(tree.root)),
    bits: languages.map(({ bits }) => bits),
    repeated: languages.map(({ repeated }) => repeated),
  };
}

function tableRows({ layer, results }: Layer): string[] {
  const free = results.get('off')!;
  return [...results].map(([name, result]) => {
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
function verdict({ layer, results }: Layer, realBits: number): string {
  const free = results.get('off')!;
  const direction = (change: { low: number; high: number }) =>
    change.low > 0 ? 'rises' : change.high < 0 ? 'falls' : 'stays';
  const effects = [...results].slice(1).map(([name, result]) => {
    const own = estimate(paired(free.own, result.own));
    const wins = estimate(paired(free.wins, result.wins));
    const broken = estimate(result.bits).low > realBits ? ', breaks the language' : '';
    return `\`${name}\` own ${direction(own)}, wins ${direction(wins)} (${written(wins)})${broken}`;
  });
  return `- Layer ${layer}: ${effects.join('; ')}.`;
}
