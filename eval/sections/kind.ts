import { classOf } from '../../src/core/features/kind/class.js';
import { firingOf, measuresOf } from '../../src/core/features/kind/quick.js';
import { shareOfOneToken } from '../../src/core/features/kind/tokenShares.js';
import { centreWeights, extremeTokens } from '../../src/core/features/list/lens.js';
import { lensVocabulary, taken } from '../../src/core/features/list/vocabulary.js';
import type { KindClass, Verdict } from '../../src/core/report/kind.js';
import type { OpenModel } from '../../src/core/runtime/opened/index.js';
import { openEvaluatedModel } from '../evaluatedModel.js';
import { rankCorrelation } from '../measures/rankCorrelation.js';
import { type FeatureSnippets, isAlive, readSnippets } from '../measures/snippets.js';
import { type Half, halfOf } from '../measures/split.js';
import { estimate, mean, written } from '../measures/statistics.js';
import type { Evaluation } from '../run.js';

const CLASSES: KindClass[] = ['prediction', 'suppression', 'partition', 'none'];
const TOKENS = 10;

/** One feature. */
interface Measured {
  half: Half;
  class: KindClass;
  /** Share of its snippets' activation that falls on one token. */
  oneToken: number;
  /** The same in the model's own texts, and whether it is the same token. */
  share: number | undefined;
  sameToken: boolean;
  verdict: Verdict;
  skewness: number;
  promoted: Set<string>;
  /** The tokens after the peaks of its snippets. */
  following: string[];
}

export const kindEvaluation: Evaluation = {
  name: 'kind',
  title: 'What kind of feature: do the weights tell what the activations show?',
  async run() {
    const { model, source, limits } = await openEvaluatedModel();
    const snippets = readSnippets();
    const layers = new Map<number, Measured[]>();
    for (const layer of source.layers) {
      const { hook } = await model.features(layer);
      const { textMilliseconds } = limits;
      const alive = snippets.get(hook)!.filter(isAlive);
      layers.set(layer, await measureLayer(model, layer, alive, textMilliseconds));
    }
    await model.close();
    const heldOut = new Map([...layers].map(([layer, all]) => [layer, ofHalf(all, 'held-out')] as const));
    return [tokenSection(layers), classSection(heldOut), followingSection(heldOut)].join('\n\n');
  },
};

function ofHalf(features: readonly Measured[], half: Half): Measured[] {
  return features.filter((feature) => feature.half === half);
}

async function measureLayer(
  model: OpenModel,
  layer: number,
  alive: readonly FeatureSnippets[],
  textMilliseconds: number,
): Promise<Measured[]> {
  const { tokenizer } = model;
  const source = await model.features(layer);
  const { moments, tokens } = await model.statistics(layer, { textMilliseconds }, async () => {});
  const embeddings = await model.embeddings(source.centered);
  const { ids } = await lensVocabulary(tokenizer, embeddings);
  const measured: Measured[] = [];
  for (const { feature, examples } of alive) {
    const weights = taken(await model.lens.logits(await source.vector(feature, 'decoder')), ids);
    centreWeights(weights);
    const truth = shareOfOneToken(examples);
    const firing = firingOf(tokens, feature, tokenizer);
    const { promoted } = extremeTokens(weights, TOKENS);
    measured.push({
      half: halfOf(feature),
      class: classOf(measuresOf(moments, feature)),
      oneToken: truth.share,
      share: firing.share?.value,
      sameToken: firing.token?.token === truth.token,
      verdict: firing.verdict,
      skewness: moments.skewness[feature]!,
      promoted: new Set(promoted.map((index) => tokenizer.text(ids[index]!))),
      following: examples.flatMap(({ tokens: texts, activations }) => {
        const next = texts[activations.indexOf(Math.max(...activations)) + 1];
        return next === undefined ? [] : [next];
      }),
    });
  }
  return measured;
}

function tokenSection(layers: Map<number, Measured[]>): string {
  const rows = [...layers].flatMap(([layer, all]) =>
    (['tuning', 'held-out'] as const).map((half) => {
      const features = ofHalf(all, half);
      const rated = features.filter(({ verdict }) => verdict !== 'unknown');
      const correlation = rankCorrelation(rated.map(({ oneToken, share }) => [oneToken, share!]));
      const yes = (holds: boolean) => (holds ? 1 : 0);
      const rightly = rated.map(({ verdict, oneToken }) => yes((verdict === 'token') === oneToken > 0.5));
      const usual = mean(rated.map(({ oneToken }) => yes(oneToken > 0.5)));
      return [
        layer,
        half,
        features.length,
        features.length - rated.length,
        written(estimate(features.map(({ oneToken }) => oneToken))),
        written(correlation),
        written(estimate(rated.map(({ sameToken }) => yes(sameToken)))),
        written(estimate(rightly)),
        Math.max(usual, 1 - usual).toFixed(3),
      ];
    }),
  );
  return [
    'A _token_ feature is one whose activations a single token explains; a _context_ feature is not. Ground truth: the share of the activation in a feature’s snippets that falls on the token with most of it. The score that `/kind` gives is the same share, in texts that the model wrote by itself. Features that are active in fewer than three of those get no verdict and are left out of what follows. A verdict is right when the snippets, too, are on the same side of one half; _always the same_ is how often one that says the commoner thing of every feature would be.',
    '',
    ...table(
      [
        'layer',
        'half',
        'features',
        'without verdict',
        'share of one token',
        'Spearman’s correlation with the score',
        'the same token',
        'verdict right',
        'always the same',
      ],
      rows,
    ),
    '',
    'The score of an earlier version, the cosine of the encoder vector with the nearest token embedding, failed: no correlation with the snippets at any layer. What else was tried is in [methods.md](methods.md#what-kind-of-feature).',
  ].join('\n');
}

function classSection(layers: Map<number, Measured[]>): string {
  const rows = [...layers].map(([layer, features]) => [
    layer,
    ...CLASSES.map((name) => features.filter((feature) => feature.class === name).length),
  ]);
  return ['Features of each class:', '', ...table(['layer', ...CLASSES], rows)].join('\n');
}

function followingSection(layers: Map<number, Measured[]>): string {
  const groups: [string, (feature: Measured) => boolean][] = [
    ['prediction', (feature) => feature.class === 'prediction'],
    ['all others', (feature) => feature.class !== 'prediction'],
  ];
  const rows = [...layers].flatMap(([layer, features]) => {
    const rated = features.flatMap((feature, index) => {
      if (feature.following.length === 0) return [];
      // The next feature's tokens, for what is hit by chance.
      const other = features[(index + 1) % features.length]!;
      return [{ feature, own: hits(feature, feature.promoted), chance: hits(feature, other.promoted) }];
    });
    const correlation = rankCorrelation(rated.map(({ feature, own }) => [feature.skewness, own]));
    return groups.map(([name, belongs]) => {
      const some = rated.filter(({ feature }) => belongs(feature));
      const cell = (values: number[]) => (values.length > 0 ? written(estimate(values)) : '-');
      return [
        layer,
        name,
        some.length,
        cell(some.map(({ own }) => own)),
        cell(some.map(({ chance }) => chance)),
        name === 'prediction' ? written(correlation) : '',
      ];
    });
  });
  const head = ['layer', 'class', 'features', 'own', 'of another feature', 'correlation with skewness'];
  return [
    `How often the token after a snippet’s peak is one of the ${TOKENS} that the feature promotes, and one of those that another feature promotes; with Spearman’s correlation, over all features of the layer, of the former with skewness:`,
    '',
    ...table(head, rows),
  ].join('\n');
}

function hits({ following }: Measured, tokens: Set<string>): number {
  return following.filter((token) => tokens.has(token)).length / following.length;
}

function table(head: string[], rows: (string | number)[][]): string[] {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
}
