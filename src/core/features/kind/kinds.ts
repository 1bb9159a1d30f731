import type { FeatureSource, RunningModel } from '../../model/model.js';
import { requireSameWidth } from '../../model/requirements.js';
import type { KindClass, KindParameters } from '../../report/kind.js';
import type { KindGroup, KindPoint, KindsReport, RankedFeature } from '../../report/kinds.js';
import { lensTokens } from '../list/lensTokens.js';
import { CLASSES, classOf, HIGH, LOW, MIDDLE, strengthIn } from './class.js';
import type { FeatureMoments } from './moments.js';
import { firingOf, measuresOf } from './quick.js';
import type { FeatureStatistics } from './statistics.js';
import { verdictOf } from './tokenShares.js';

/** What kinds of features are there in a layer? */
export interface KindsRequest {
  model: string;
  layer: number;
  parameters: KindParameters;
}

/** Features listed of each group. */
const LISTED = 6;
const MOST_POINTS = 2000;

/**
 * The most extreme features of a layer.
 *
 * @param all what was measured of all its features
 * @param load milliseconds that loading, and measuring the SAE, took for this question
 * @throws {InputError} when the SAE does not fit the model
 */
export async function answerKinds(
  model: RunningModel,
  source: FeatureSource,
  all: FeatureStatistics,
  { layer, parameters }: KindsRequest,
  load: number,
): Promise<KindsReport> {
  const started = performance.now();
  requireSameWidth(source, model.language);
  const { release, hook, features, parity } = source;
  const measures = Array.from({ length: features }, (_, feature) => measuresOf(all.moments, feature));
  const describe = async (feature: number, member = true): Promise<RankedFeature> => ({
    feature,
    member,
    ...measures[feature]!,
    firing: firingOf(all.tokens, feature, model.tokenizer),
    ...(await endsOf(model, source, feature)),
  });
  const classes: KindsReport['classes'] = [];
  for (const name of CLASSES) {
    const ranked = ranking(measures.map((measured) => strengthIn(name, measured)));
    const members = ranked.filter(({ value }) => value > 0);
    const listed = members.length > 0 ? members.slice(0, LISTED) : ranked.slice(0, 1);
    classes.push({
      name,
      count: members.length,
      features: await inTurn(listed, ({ feature }) => describe(feature, members.length > 0)),
    });
  }
  const firing: KindsReport['firing'] = [];
  for (const group of firingGroups(all)) {
    const { name, count, features: listed } = group;
    firing.push({ name, count, features: await inTurn(listed, (feature) => describe(feature)) });
  }
  const kinds = performance.now() - started;
  return {
    schema: 'ghosttree/kinds@1',
    model: { id: model.id, dtype: model.dtype },
    sae: { release, hook, layer, features, parity },
    parameters,
    classes,
    firing,
    unknown: features - firing.reduce((sum, { count }) => sum + count, 0),
    texts: all.tokens.texts,
    bounds: {
      skewness: [quantile(all.moments.skewness, LOW), quantile(all.moments.skewness, HIGH)],
      kurtosis: [quantile(all.moments.kurtosis, MIDDLE), quantile(all.moments.kurtosis, HIGH)],
    },
    points: pointsOf(all.moments, measures.map(classOf)),
    timing: { load, kinds, total: load + kinds },
  };
}

/** Features of tokens and of contexts, most extreme first; among equal shares those that are active in more texts. */
export function firingGroups({ tokens: { share, active } }: Pick<FeatureStatistics, 'tokens'>) {
  return (['token', 'context'] as const).map((name) => {
    const members = [...share.keys()].filter(
      (feature) => verdictOf(share[feature]!, active[feature]!) === name,
    );
    const sign = name === 'token' ? -1 : 1;
    members.sort((a, b) => sign * (share[a]! - share[b]!) || active[b]! - active[a]! || a - b);
    return { name, count: members.length, features: members.slice(0, LISTED) };
  }) satisfies Pick<KindGroup<'token' | 'context'>, 'name' | 'count'>[];
}

/** Features by value, largest first, ties by number. */
function ranking(values: readonly number[]): { feature: number; value: number }[] {
  return values
    .map((value, feature) => ({ feature, value }))
    .sort((a, b) => b.value - a.value || a.feature - b.feature);
}

/** The tokens with the largest and the smallest weight in the logit lens of a feature. */
async function endsOf(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
): Promise<Pick<RankedFeature, 'promoted' | 'suppressed'>> {
  const { promoted, suppressed } = await lensTokens(model, source, feature, 1);
  return { promoted: promoted[0]!.token, suppressed: suppressed[0]!.token };
}

/** The value below which so many percent of all values lie, the nearest rank. */
export function quantile(values: Float32Array, percent: number): number {
  const sorted = values.slice().sort();
  return sorted[Math.min(sorted.length - 1, Math.floor((percent / 100) * sorted.length))]!;
}

/** Every class member, and evenly spread ones of the others. */
function pointsOf(all: FeatureMoments, classes: readonly KindClass[]): KindPoint[] {
  const step = Math.ceil(classes.length / MOST_POINTS);
  return classes.flatMap((name, feature): KindPoint[] =>
    name === 'none' && feature % step > 0
      ? []
      : [{ feature, skewness: all.skewness[feature]!, kurtosis: all.kurtosis[feature]!, class: name }],
  );
}

/** One after the other: onnxruntime answers one question at a time. */
async function inTurn<From, To>(from: readonly From[], make: (value: From) => Promise<To>): Promise<To[]> {
  const made: To[] = [];
  for (const value of from) made.push(await make(value));
  return made;
}
