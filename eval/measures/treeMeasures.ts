import { Agreement, type Bag, Likelihood, snippetBag } from './agreement.js';
import { type FeatureSnippets, isAlive } from './snippets.js';
import { type Half, halfOf, sample } from './split.js';
import { mean } from './statistics.js';

/** What is measured of the trees of one layer's features, one value a feature. */
export interface Measures {
  /** Mean agreement with the trees of the other features. */
  similarity: number[];
  /** Agreement with the feature's own snippets, and on average with the other features'. */
  own: number[];
  other: number[];
  /** Share of the other features whose snippets agree less than its own. */
  wins: number[];
  /** The same by the log-ratio of frequencies (`Likelihood`). */
  ratio: number[];
  otherRatio: number[];
  ratioWins: number[];
  /**
   * How far its own snippets stand out among the others', by the log-ratio: own less the mean of the others, in standard
   * deviations of the others.
   *
   * What agrees with everybody's snippets alike is no agreement with the feature's own, so that own less other counts;
   * and as leaving out words that say little about any snippets (`of`, `a`) raises all differences alike, it counts in
   * units of how much the others differ among themselves.
   */
  distinct: number[];
}

/** What tells how well a tree fits snippets. */
export interface Judges {
  agreement: Agreement;
  likelihood: Likelihood;
}

/** @param all the snippets of an SAE's features */
export function judgesOf(all: readonly FeatureSnippets[]): Judges {
  return { agreement: new Agreement(all), likelihood: new Likelihood(all) };
}

/** A sample of one half's features that are worth measuring. */
export function chosen(snippets: readonly FeatureSnippets[], half: Half, count: number): FeatureSnippets[] {
  const candidates = snippets.filter((entry) => isAlive(entry) && halfOf(entry.feature) === half);
  return sample(candidates, count, 5);
}

/** @param bags what the trees of `features` say */
export function measured(
  { agreement, likelihood }: Judges,
  features: readonly FeatureSnippets[],
  bags: readonly Bag[],
): Measures {
  const snippets = features.map(snippetBag);
  const likelihoods = features.map((feature) => likelihood.under(feature));
  const agreements = against(bags.map((bag) => snippets.map((other) => agreement.of(bag, other))));
  const ratios = against(bags.map((bag) => likelihoods.map((judge) => judge(bag))));
  return {
    similarity: agreement.withOthers(bags),
    own: agreements.own,
    other: agreements.other,
    wins: agreements.wins,
    ratio: ratios.own,
    otherRatio: ratios.other,
    ratioWins: ratios.wins,
    distinct: ratios.distinct,
  };
}

/** Each tree's own value against those of the other features. @param rows of a square matrix, own values on its diagonal */
export function against(
  rows: readonly (readonly number[])[],
): Pick<Measures, 'own' | 'other' | 'wins' | 'distinct'> {
  const own = rows.map((row, index) => row[index]!);
  const others = rows.map((row, index) => row.filter((_, other) => other !== index));
  return {
    own,
    other: others.map(mean),
    wins: others.map((row, index) => mean(row.map((value) => below(value, own[index]!)))),
    distinct: others.map((row, index) => (own[index]! - mean(row)) / (deviation(row) || 1)),
  };
}

/** Standard deviation. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
}

/** 1 when a is below b, one half when they are equal. */
function below(a: number, b: number): number {
  return a < b ? 1 : a === b ? 0.5 : 0;
}

/** Changes of the same features. */
export function paired(from: readonly number[], to: readonly number[]): number[] {
  return to.map((value, index) => value - from[index]!);
}
