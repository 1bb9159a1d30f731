import { answerCompare, cosine } from '../../src/core/features/compare/index.js';
import { makeGhost } from '../../src/core/features/ghost/ghost.js';
import { inputPlace } from '../../src/core/features/ghost/place.js';
import { shareOfOneToken } from '../../src/core/features/kind/tokenShares.js';
import { listTokens } from '../../src/core/features/list/near.js';
import { overlapOfLists } from '../../src/core/features/list/overlap.js';
import { compareTrees } from '../../src/core/features/tree/overlap.js';
import type { CompareReport, ListedToken } from '../../src/core/index.js';
import type { FeatureSource } from '../../src/core/model/model.js';
import type { openEvaluatedModel } from '../evaluatedModel.js';
import { snippetBag, treeBag } from '../measures/agreement.js';
import { type FeatureSnippets, isAlive } from '../measures/snippets.js';
import { halfOf, sample } from '../measures/split.js';
import { judgesOf } from '../measures/treeMeasures.js';

type Embedded = Awaited<ReturnType<typeof openEvaluatedModel>>;
export type Weights = 'encoder' | 'decoder';
export type BySide = Record<Weights, number>;

/** One feature's two vectors and their lists at the mean token distance. */
export interface Pair {
  snippets: FeatureSnippets;
  cosine: number;
  shared: number;
  rankBiased: number;
  /** The encoder against the decoder of the next feature: what is alike by chance. */
  chance: { cosine: number; shared: number; rankBiased: number };
  /** Share of the snippets whose peak is a token among the first so many of the list. */
  hits: { first: number; own: BySide; chance: BySide }[];
  /** Share of its snippets' activation that falls on one token. */
  oneToken: number;
}

/** Trees of one feature's two vectors. */
export interface Grown {
  feature: number;
  report: CompareReport;
  /** Agreement of each tree with the snippets, 0..1. */
  agreement: BySide;
  /** How much more often what each says stands in its snippets than in all, in nats for each token. */
  likelihood: BySide;
  /** Likeness of its encoder's tree and the next feature's decoder's. */
  chance: number;
  oneToken: number;
}

export const LIST = 100;
export const FIRST = [20, LIST];
const SEED = 5;

/** Both vectors of all features of a layer; of those without a direction nothing is known. */
export async function pairsOf(
  { model, defaults }: Embedded,
  source: FeatureSource,
  all: readonly FeatureSnippets[],
): Promise<Pair[]> {
  const embeddings = await model.embeddings(source.centered);
  const known: { snippets: FeatureSnippets; vectors: Record<Weights, Float32Array>; lists: Lists }[] = [];
  for (const snippets of all) {
    const vectors = {
      encoder: await source.vector(snippets.feature, 'encoder'),
      decoder: await source.vector(snippets.feature, 'decoder'),
    };
    const list = async (weights: Weights) => {
      const options = { ...defaults, scale: 1 };
      const { ghost } = await makeGhost(vectors[weights], inputPlace(embeddings), options);
      return listTokens(ghost, embeddings, model.tokenizer, defaults.m, LIST);
    };
    if (Object.values(vectors).some((vector) => vector.every((value) => value === 0))) continue;
    known.push({
      snippets,
      vectors,
      lists: { encoder: await list('encoder'), decoder: await list('decoder') },
    });
  }
  return known.map(({ snippets, vectors, lists }, index) => {
    const next = known[(index + 1) % known.length]!;
    const peaks = peakTokens(snippets);
    const own = overlapOfLists(ids(lists.encoder), ids(lists.decoder));
    const chance = overlapOfLists(ids(lists.encoder), ids(next.lists.decoder));
    return {
      snippets,
      cosine: cosine(vectors.encoder, vectors.decoder),
      shared: own.shared,
      rankBiased: own.rankBiased,
      chance: {
        cosine: cosine(vectors.encoder, next.vectors.decoder),
        shared: chance.shared,
        rankBiased: chance.rankBiased,
      },
      hits: FIRST.map((first) => ({
        first,
        own: hitsOf(peaks, lists, first),
        chance: hitsOf(peaks, next.lists, first),
      })),
      oneToken: shareOfOneToken(snippets.examples).share,
    };
  });
}

/** Trees of a sample of `count` alive held-out features of a layer, at one scale. */
export async function grownTrees(
  { model, defaults, limits }: Embedded,
  source: FeatureSource,
  layer: number,
  all: readonly FeatureSnippets[],
  scale: 'auto' | 'best',
  count: number,
): Promise<Grown[]> {
  const { agreement, likelihood } = judgesOf(all);
  const candidates = all.filter((entry) => isAlive(entry) && halfOf(entry.feature) === 'held-out');
  const grown: Omit<Grown, 'chance'>[] = [];
  for (const snippets of sample(candidates, count, SEED)) {
    const { feature } = snippets;
    const sides: [Side, Side] = [
      { layer, feature, weights: 'encoder' },
      { layer, feature, weights: 'decoder' },
    ];
    const request = { model: model.id, sides, parameters: { ...defaults, scale } };
    const report = await answerCompare(model, [source, source], request, limits, 0, () => {});
    const bag = snippetBag(snippets);
    const judge = likelihood.under(snippets);
    const bags = report.sides.map(({ tree }) => treeBag(tree.root));
    const bySide = (values: number[]): BySide => ({ encoder: values[0]!, decoder: values[1]! });
    grown.push({
      feature,
      report,
      agreement: bySide(bags.map((said) => agreement.of(said, bag))),
      likelihood: bySide(bags.map(judge)),
      oneToken: shareOfOneToken(snippets.examples).share,
    });
  }
  return grown.map((one, index) => {
    const next = grown[(index + 1) % grown.length]!;
    const trees = [one.report.sides[0], next.report.sides[1]].map(({ tree }) => structuredClone(tree.root));
    return { ...one, chance: compareTrees(trees[0]!, trees[1]!).likeness };
  });
}

type Lists = Record<Weights, Pick<ListedToken, 'token' | 'tokenId'>[]>;
type Side = { layer: number; feature: number; weights: Weights };

function ids(list: Lists[Weights]): number[] {
  return list.map(({ tokenId }) => tokenId);
}

/** The token with the highest activation of each snippet. */
export function peakTokens({ examples }: Pick<FeatureSnippets, 'examples'>): string[] {
  return examples.map(({ tokens, activations }) => tokens[activations.indexOf(Math.max(...activations))]!);
}

/** Share of the peaks that are among the first tokens of each list. */
export function hitsOf(peaks: readonly string[], lists: Lists, first: number): BySide {
  const share = (list: Lists[Weights]) => {
    const near = new Set(list.slice(0, first).map(({ token }) => token));
    return peaks.filter((peak) => near.has(peak)).length / Math.max(1, peaks.length);
  };
  return { encoder: share(lists.encoder), decoder: share(lists.decoder) };
}
