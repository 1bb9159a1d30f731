import type { Agreement, Bag } from './agreement.js';
import { snippetBag } from './agreement.js';
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
  /** Bags without a token. */
  empty: number;
}

/** A sample of one half's features that are worth measuring. */
export function chosen(snippets: readonly FeatureSnippets[], half: Half, count: number): FeatureSnippets[] {
  const candidates = snippets.filter((entry) => isAlive(entry) && halfOf(entry.feature) === half);
  return sample(candidates, count, 5);
}

/** @param bags what the trees of `features` say */
export function measured(
  agreement: Agreement,
  features: readonly FeatureSnippets[],
  bags: readonly Bag[],
): Measures {
  const snippets = features.map(snippetBag);
  const filled = bags.filter((bag) => bag.size > 0);
  const agreements = bags.map((bag) => snippets.map((against) => agreement.of(bag, against)));
  const others = agreements.map((row, index) => row.filter((_, other) => other !== index));
  const own = agreements.map((row, index) => row[index]!);
  return {
    similarity: filled.map((bag) =>
      mean(filled.filter((other) => other !== bag).map((other) => agreement.of(bag, other))),
    ),
    own,
    other: others.map(mean),
    wins: others.map((row, index) => mean(row.map((value) => below(value, own[index]!)))),
    empty: bags.length - filled.length,
  };
}

/** 1 when a is below b, one half when they are equal. */
function below(a: number, b: number): number {
  return a < b ? 1 : a === b ? 0.5 : 0;
}

/** Changes of the same features. */
export function paired(from: readonly number[], to: readonly number[]): number[] {
  return to.map((value, index) => value - from[index]!);
}
