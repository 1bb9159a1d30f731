import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { LogitLens } from '../../model/ports.js';
import { requireSameWidth } from '../../model/requirements.js';
import type { Histogram, KindParameters, KindReport, LensToken } from '../../report/kind.js';
import { centreWeights, extremeTokens } from '../list/lens.js';
import { rankableSets, type TokenSet } from '../list/tokenSets.js';
import { lensVocabulary, taken } from '../list/vocabulary.js';
import { classOf } from './class.js';
import { enrich } from './enrichment.js';
import { firingOf, measuresOf } from './quick.js';
import { randomScores } from './randomScores.js';
import type { FeatureStatistics } from './statistics.js';

/** What kind of feature is it? */
export interface KindRequest {
  model: string;
  layer: number;
  feature: number;
  parameters: KindParameters;
}

const TOKENS = 10;
const BINS = 60;

/**
 * What a feature does to the next token, from its weights alone, and which token it is active on.
 *
 * @param all what was measured of all features of its SAE
 * @param load milliseconds that loading, and measuring the SAE, took for this question
 * @throws {InputError} when the question does not fit the model
 */
export async function answerKind(
  model: RunningModel & { lens: LogitLens },
  source: FeatureSource,
  all: FeatureStatistics,
  { layer, feature, parameters }: KindRequest,
  load: number,
): Promise<KindReport> {
  const started = performance.now();
  const { tokenizer } = model;
  requireSameWidth(source, model.language);
  const embeddings = await model.embeddings(source.centered);
  const vocabulary = await lensVocabulary(tokenizer, embeddings);
  const { ids } = vocabulary;
  const weights = taken(await model.lens.logits(await source.vector(feature, 'decoder')), ids);
  centreWeights(weights);
  const measured = measuresOf(all.moments, feature);
  const candidates = rankableSets(vocabulary.sets, ids.length);
  const { sets: enriched, permutations } = enrich(weights, candidates);
  const random = await randomScores(model.lens, source, vocabulary, candidates);
  const sets = enriched.map((set) => ({
    ...set,
    random: random[candidates.findIndex(({ name }) => name === set.name)]!,
  }));
  const named = (index: number): LensToken => ({
    tokenId: ids[index]!,
    token: tokenizer.text(ids[index]!),
    weight: weights[index]!,
  });
  const { promoted, suppressed } = extremeTokens(weights, TOKENS);
  const lens = performance.now() - started;
  return {
    schema: 'ghosttree/kind@2',
    model: { id: model.id, dtype: model.dtype },
    sae: {
      release: source.release,
      hook: source.hook,
      layer,
      feature,
      features: source.features,
      parity: source.parity,
    },
    parameters,
    vocabulary: { tokens: embeddings.size, trained: ids.length },
    class: classOf(measured),
    ...measured,
    firing: firingOf(all.tokens, feature, tokenizer),
    promoted: promoted.map(named),
    suppressed: suppressed.map(named),
    sets,
    permutations,
    histogram: histogramOf(
      weights,
      sets.map(({ name }) => candidates.find((set) => set.name === name)!),
    ),
    timing: { load, lens, total: load + lens },
  };
}

/** Counts tokens by weight in bins of equal width between the smallest and the largest. */
export function histogramOf(weights: Float32Array, sets: readonly TokenSet[]): Histogram {
  let low = weights[0]!;
  let high = low;
  for (const weight of weights) {
    if (weight < low) low = weight;
    if (weight > high) high = weight;
  }
  const width = (high - low) / BINS || 1;
  const binOf = (token: number) => Math.min(BINS - 1, Math.floor((weights[token]! - low) / width));
  const count = (tokens: Iterable<number>) => {
    const counts = new Array<number>(BINS).fill(0);
    for (const token of tokens) counts[binOf(token)]!++;
    return counts;
  };
  return { low, high, counts: count(weights.keys()), sets: sets.map(({ members }) => count(members)) };
}
