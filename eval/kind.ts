import { readConfiguration } from '../src/config.js';
import { type FeatureMoments, largest, percentile } from '../src/core/features/featureMoments.js';
import { classOf } from '../src/core/features/kindClass.js';
import { lensVocabulary, taken } from '../src/core/features/lensVocabulary.js';
import { centreWeights, extremeTokens } from '../src/core/features/logitLens.js';
import type { KindClass } from '../src/core/report/kind.js';
import { loadModel, type OpenModel } from '../src/core/runtime/loadModel.js';
import { rankCorrelation } from './rankCorrelation.js';
import type { Evaluation } from './run.js';
import { type FeatureSnippets, isAlive, readSnippets } from './snippets.js';
import { halfOf } from './split.js';
import { estimate, written } from './statistics.js';

const MODEL = 'gloss-12l';
const CLASSES: KindClass[] = ['prediction', 'suppression', 'partition', 'none'];
const TOKENS = 10;

/** One held-out feature. */
interface Measured {
  class: KindClass;
  /** Share of its snippets' activation that falls on one token. */
  oneToken: number;
  /** Cosine of its encoder vector with the nearest token, and whether that is the one token above. */
  nearest: number;
  nearestIsThat: boolean;
  skewness: number;
  promoted: Set<string>;
  /** The tokens after the peaks of its snippets. */
  following: string[];
}

export const kindEvaluation: Evaluation = {
  name: 'kind',
  title: 'What kind of feature: do the weights tell what the activations show?',
  async run() {
    const source = readConfiguration().models.get(MODEL)!;
    const model = await loadModel(source, { threads: 1 });
    const snippets = readSnippets();
    const layers = new Map<number, Measured[]>();
    for (const layer of source.layers) {
      const { hook } = await model.features(layer);
      layers.set(layer, await measureLayer(model, layer, snippets.get(hook)!));
    }
    await model.close();
    return [tokenSection(layers), classSection(layers), followingSection(layers)].join('\n\n');
  },
};

async function measureLayer(
  model: OpenModel,
  layer: number,
  all: readonly FeatureSnippets[],
): Promise<Measured[]> {
  const source = await model.features(layer);
  const moments = await model.moments(layer, async () => {});
  const embeddings = await model.embeddings(source.centered);
  const { ids } = await lensVocabulary(model.tokenizer, embeddings);
  const measured: Measured[] = [];
  for (const snippets of all) {
    const { feature } = snippets;
    if (!isAlive(snippets) || halfOf(feature) !== 'held-out') continue;
    const weights = taken(await model.lens.logits(await source.vector(feature, 'decoder')), ids);
    centreWeights(weights);
    const oneToken = shareOfOneToken(snippets);
    const cosines = taken(await embeddings.cosinesFromCentroid(await source.vector(feature, 'encoder')), ids);
    const promoted = extremeTokens(weights, TOKENS).promoted.map((index) =>
      model.tokenizer.text(ids[index]!),
    );
    measured.push({
      class: classOfFeature(moments, feature),
      oneToken: oneToken.share,
      nearest: moments.nearestCosine[feature]!,
      nearestIsThat: model.tokenizer.text(ids[largest(cosines)]!) === oneToken.token,
      skewness: moments.skewness[feature]!,
      promoted: new Set(promoted),
      following: snippets.examples.flatMap(({ tokens, activations }) => {
        const next = tokens[activations.indexOf(Math.max(...activations)) + 1];
        return next === undefined ? [] : [next];
      }),
    });
  }
  return measured;
}

function classOfFeature(all: FeatureMoments, feature: number): KindClass {
  const measure = (name: keyof FeatureMoments) => {
    const value = all[name][feature]!;
    return { value, percentile: percentile(all[name], value) };
  };
  return classOf({
    moments: {
      mean: measure('mean'),
      standardDeviation: measure('standardDeviation'),
      skewness: measure('skewness'),
      kurtosis: measure('kurtosis'),
    },
    splits: { leadingSpace: measure('leadingSpace'), capitalised: measure('capitalised') },
  });
}

/** The token text with most of the activation in a feature's snippets, and its share. */
export function shareOfOneToken({ examples }: Pick<FeatureSnippets, 'examples'>): {
  token: string;
  share: number;
} {
  const mass = new Map<string, number>();
  let total = 0;
  for (const { tokens, activations } of examples) {
    tokens.forEach((token, position) => {
      const activation = activations[position]!;
      total += activation;
      mass.set(token, (mass.get(token) ?? 0) + activation);
    });
  }
  const [token, most] = [...mass].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0]);
  return { token, share: total === 0 ? 0 : most / total };
}

function tokenSection(layers: Map<number, Measured[]>): string {
  const rows = [...layers].map(([layer, features]) => {
    const share = estimate(features.map(({ oneToken }) => oneToken));
    const correlation = rankCorrelation(features.map(({ oneToken, nearest }) => [oneToken, nearest]));
    const same = estimate(features.map(({ nearestIsThat }) => (nearestIsThat ? 1 : 0)));
    return [layer, features.length, written(share), written(correlation), written(same)];
  });
  return [
    'A _token_ feature is one whose activations a single token explains; a _context_ feature is not. Ground truth: the share of the activation in a feature’s snippets that falls on the token with most of it. The score that `/kind` gives, from weights alone: the cosine of the encoder vector with the nearest token embedding, seen from the centroid.',
    '',
    ...table(
      [
        'layer',
        'features',
        'share of one token',
        'Spearman’s correlation with the score',
        'nearest is that token',
      ],
      rows,
    ),
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
