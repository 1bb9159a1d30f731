import { DEGREES, type Degree, degreeOf } from '../../renderers/compare/words.js';
import { openEvaluatedModel } from '../evaluatedModel.js';
import { rankCorrelation } from '../measures/rankCorrelation.js';
import { isAlive, readSnippets } from '../measures/snippets.js';
import { halfOf } from '../measures/split.js';
import { estimate, mean, written } from '../measures/statistics.js';
import type { Evaluation } from '../run.js';
import { type BySide, FIRST, type Grown, grownTrees, LIST, type Pair, pairsOf } from './compareData.js';

/** Features of each layer whose trees are grown. */
const TREES = 50;
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95];
const SCALES = ['auto', 'best'] as const;

interface Layer {
  layer: number;
  pairs: Pair[];
  trees: Record<(typeof SCALES)[number], Grown[]>;
}

/** Do encoder and decoder say the same, and which of them says what the feature fires on? */
export const compareEvaluation: Evaluation = {
  name: 'compare',
  title: 'Encoder against decoder',
  async run() {
    const embedded = await openEvaluatedModel();
    const layers: Layer[] = [];
    try {
      for (const [hook, snippets] of readSnippets()) {
        const layer = Number(hook.split('.')[1]);
        const source = await embedded.model.features(layer);
        const pairs = await pairsOf(embedded, source, snippets);
        const grow = (scale: (typeof SCALES)[number]) =>
          grownTrees(embedded, source, layer, snippets, scale, TREES);
        layers.push({ layer, pairs, trees: { auto: await grow('auto'), best: await grow('best') } });
      }
    } finally {
      await embedded.model.close();
    }
    return [distributionSection(layers), listSection(layers), treeSection(layers)].join('\n\n');
  },
};

function distributionSection(layers: readonly Layer[]): string {
  const rows = layers.flatMap(({ layer, pairs }) => {
    const row = (
      name: string,
      value: (pair: Pair) => number,
      chance: (pair: Pair) => number,
      digits: number,
    ) => {
      const sorted = pairs.map(value).sort((a, b) => a - b);
      const quantiles = QUANTILES.map((q) => sorted[Math.round(q * (sorted.length - 1))]!.toFixed(digits));
      return [
        layer,
        name,
        written(estimate(sorted), digits),
        ...quantiles,
        mean(pairs.map(chance)).toFixed(digits),
      ];
    };
    return [
      row(
        'cosine',
        (pair) => pair.cosine,
        ({ chance }) => chance.cosine,
        3,
      ),
      row(
        `shared of ${LIST} tokens`,
        (pair) => pair.shared,
        ({ chance }) => chance.shared,
        1,
      ),
      row(
        'rank-biased overlap',
        (pair) => pair.rankBiased,
        ({ chance }) => chance.rankBiased,
        3,
      ),
    ];
  });
  const counts = layers.map(({ layer, pairs }) => {
    const dead = pairs.filter(({ snippets }) => !isAlive(snippets));
    const correlation = rankCorrelation(pairs.map((pair) => [pair.cosine, pair.rankBiased]));
    const deadCosine =
      dead.length > 0 ? `, mean cosine ${mean(dead.map(({ cosine }) => cosine)).toFixed(3)}` : '';
    return `- Layer ${layer}: ${pairs.length} features, ${dead.length} of them never active in the corpus${deadCosine}. Spearman’s correlation of cosine and rank-biased overlap ${written(correlation)}.`;
  });
  const head = ['layer', '', 'mean', ...QUANTILES.map((q) => `${100 * q} %`), 'chance'];
  return [
    `All features of the three SAEs, both vectors as ghosts at the mean token distance (\`scale=auto\`), lists of ${LIST} tokens. Columns of percent are quantiles; _chance_ is the mean of the encoder against the decoder of the next feature. Why the two may differ is in [methods.md](methods.md#encoder-against-decoder); that they differ so little here is the training’s doing, too: its loss draws each encoder vector towards its decoder vector, five times as strongly at layers 0 and 6 as at layer 10 (\`agree\` in test/fixtures/gloss-12l/train/sae.py, 0.1 and 0.02), so that neither the cosines nor their difference between layers tell of SAEs that were trained without it.`,
    '',
    ...table(head, rows),
    '',
    ...counts,
  ].join('\n');
}

/** Held-out features by how much one token explains of their activation: thirds of each layer. */
const GROUPS = ['all', 'context', 'between', 'token'] as const;

function inGroup<T extends { oneToken: number }>(values: readonly T[], group: (typeof GROUPS)[number]): T[] {
  if (group === 'all') return [...values];
  const sorted = [...values].sort((a, b) => a.oneToken - b.oneToken);
  const third = sorted.length / 3;
  const start = GROUPS.indexOf(group) - 1;
  return sorted.slice(Math.round(start * third), Math.round((start + 1) * third));
}

function listSection(layers: readonly Layer[]): string {
  const judged = layers.map(({ layer, pairs }) => ({
    layer,
    pairs: pairs.filter(({ snippets }) => isAlive(snippets) && halfOf(snippets.feature) === 'held-out'),
  }));
  const rows = FIRST.flatMap((first, at) =>
    judged.flatMap(({ layer, pairs }) =>
      GROUPS.map((group) => {
        const some = inGroup(pairs, group).map(({ hits }) => hits[at]!);
        const own = some.map((hit) => hit.own);
        return [
          first,
          layer,
          group,
          some.length,
          ...sides(own),
          written(estimate(some.map(({ chance }) => chance.decoder))),
        ];
      }),
    ),
  );
  const head = [
    'first',
    'layer',
    'features',
    'count',
    'encoder',
    'decoder',
    'decoder less encoder',
    'chance',
  ];
  return [
    'Which list agrees better with what the feature fires on: the share of its snippets whose peak (the token with the highest activation) is among the first tokens of the list; all alive held-out features. _Token_ features are the third of each layer with the largest share of activation on one token, _context_ features the third with the smallest. _Chance_ is the next feature’s decoder. Intervals are not corrected for their number: of twenty, one leaves out 0 by chance.',
    '',
    ...table(head, rows),
    '',
    ...judged.map(({ layer, pairs }) => {
      const of = (group: (typeof GROUPS)[number]) =>
        better(inGroup(pairs, group).map(({ hits }) => hits.at(-1)!.own));
      return `- Which list agrees better at layer ${layer}, first ${LIST}: ${GROUPS.map((group) => `${group} ${of(group)}`).join(', ')}.`;
    }),
  ].join('\n');
}

function treeSection(layers: readonly Layer[]): string {
  const rows = SCALES.flatMap((scale) =>
    [...layers, undefined].flatMap((one) => {
      const trees = one ? one.trees[scale] : layers.flatMap((layer) => layer.trees[scale]);
      // A third of one layer's sample would be too few to tell anything.
      const groups = one ? (['all'] as const) : GROUPS;
      return groups.map((group) => {
        const some = inGroup(trees, group);
        const likeness = written(estimate(some.map(({ report }) => report.trees.likeness)));
        return [
          scale,
          one?.layer ?? 'all',
          group,
          some.length,
          ...sides(some.map(({ agreement }) => agreement)),
          sides(some.map(({ likelihood }) => likelihood)).at(-1)!,
          likeness,
          mean(some.map(({ chance }) => chance)).toFixed(3),
        ];
      });
    }),
  );
  const head = [
    'scale',
    'layer',
    'features',
    'count',
    'encoder',
    'decoder',
    'decoder less encoder',
    'the same of the log-ratio',
    'likeness of the trees',
    'by chance',
  ];
  return [
    `Which tree agrees better with the snippets (cosine of idf-weighed bags of tokens, 0 to 1), both at \`scale=auto\` and at \`scale=best\`, each vector’s own; a sample of ${TREES} held-out features of each layer, thirds of the whole sample. _Log-ratio_: how much more often what a tree says stands in the feature’s own snippets than in all, nats a token. _By chance_: the likeness of the encoder’s tree and the decoder’s of the next feature.`,
    '',
    ...table(head, rows),
    '',
    ...SCALES.map((scale) => verdicts(scale, layers)),
    ...SCALES.map((scale) => {
      const trees = layers.flatMap((layer) => layer.trees[scale]);
      const by = (key: 'agreement' | 'likelihood') => better(trees.map((grown) => grown[key]));
      return `- Which tree agrees better at \`scale=${scale}\`, all layers: ${by('agreement')}; by the log-ratio: ${by('likelihood')}.`;
    }),
  ].join('\n');
}

/** What the sentence of `/compare` says of the sampled features. */
function verdicts(scale: (typeof SCALES)[number], layers: readonly Layer[]): string {
  const reports = layers.flatMap((layer) => layer.trees[scale]).map(({ report }) => report);
  const count = (values: number[]) =>
    (['much', 'partly', 'little'] satisfies Degree[])
      .map((degree) => values.filter((value) => degreeOf(value) === degree).length)
      .join(', ');
  const trees = count(reports.map((report) => report.trees.likeness));
  const lists = count(reports.map((report) => report.lists.rankBiased));
  return `- At \`scale=${scale}\`, of ${reports.length} features, trees much, partly (likeness below ${DEGREES.much}) and little (below ${DEGREES.partly}) alike: ${trees}; lists, by the same bounds of the rank-biased overlap: ${lists}.`;
}

function sides(values: readonly BySide[]): string[] {
  return [
    written(estimate(values.map(({ encoder }) => encoder))),
    written(estimate(values.map(({ decoder }) => decoder))),
    written(estimate(values.map(({ encoder, decoder }) => decoder - encoder))),
  ];
}

/** Whose values are larger, where the interval of the mean difference leaves no doubt. */
function better(values: readonly BySide[]): string {
  const { low, high } = estimate(values.map(({ encoder, decoder }) => decoder - encoder));
  return low > 0 ? 'decoder' : high < 0 ? 'encoder' : 'neither';
}

function table(head: readonly string[], rows: (string | number)[][]): string[] {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
}
