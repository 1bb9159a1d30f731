import type { TreeNode } from '../../src/core/index.js';
import type { FeatureSnippets } from './snippets.js';

/** Weight by token text. */
export type Bag = Map<string, number>;

/**
 * How much two bags of tokens speak of the same, as the cosine of their vectors with weights idf(token) * weight. What
 * all features' snippets have in common (`a`, `of`, the corpus' own frame) has an idf near 0 and does not count.
 */
export class Agreement {
  private readonly documents: number;
  private readonly frequency = new Map<string, number>();
  private readonly lengths = new WeakMap<Bag, number>();

  /** @param all the snippets of an SAE's features; each feature's are one document */
  constructor(all: readonly FeatureSnippets[]) {
    this.documents = all.length;
    for (const { examples } of all) {
      const tokens = new Set(examples.flatMap((example) => example.tokens));
      for (const token of tokens) this.frequency.set(token, (this.frequency.get(token) ?? 0) + 1);
    }
  }

  /** log(documents / documents with the token); a token of no snippet is as rare as one of a single one. */
  idf(token: string): number {
    return Math.log(this.documents / (this.frequency.get(token) ?? 1));
  }

  /** 0: nothing in common, 1: the same in the same proportions. */
  of(one: Bag, other: Bag): number {
    let product = 0;
    const [few, many] = one.size < other.size ? [one, other] : [other, one];
    for (const [token, weight] of few) {
      const against = many.get(token);
      if (against !== undefined) product += weight * against * this.idf(token) ** 2;
    }
    return product === 0 ? 0 : product / (this.length(one) * this.length(other));
  }

  /** Mean agreement of each of several bags with the others: with u their unit vectors, u . (sum u - u) / (n - 1). */
  withOthers(bags: readonly Bag[]): number[] {
    const sum: Bag = new Map();
    const unit = (bag: Bag, token: string, weight: number) => (weight * this.idf(token)) / this.length(bag);
    for (const bag of bags.filter((one) => this.length(one) > 0))
      for (const [token, weight] of bag) sum.set(token, (sum.get(token) ?? 0) + unit(bag, token, weight));
    return bags.map((bag) => {
      if (this.length(bag) === 0) return 0;
      let product = 0;
      for (const [token, weight] of bag) product += unit(bag, token, weight) * sum.get(token)!;
      return (product - 1) / (bags.length - 1);
    });
  }

  private length(bag: Bag): number {
    let length = this.lengths.get(bag);
    if (length === undefined) {
      let squares = 0;
      for (const [token, weight] of bag) squares += (weight * this.idf(token)) ** 2;
      length = Math.sqrt(squares);
      this.lengths.set(bag, length);
    }
    return length;
  }
}

/** What a tree says: each token but the connectors weighed by the probability of getting there. */
export function treeBag(root: TreeNode): Bag {
  const bag: Bag = new Map();
  const visit = (node: TreeNode) => {
    for (const child of node.children) {
      if (!child.connector) bag.set(child.token, (bag.get(child.token) ?? 0) + child.cumulative);
      visit(child);
    }
  };
  visit(root);
  return bag;
}

/** What a feature fires on: the tokens of its snippets, each line weighed by its highest activation. */
export function snippetBag({ examples, max }: FeatureSnippets): Bag {
  const bag: Bag = new Map();
  for (const { tokens, activations } of examples) {
    const weight = Math.max(...activations) / max;
    for (const token of tokens) bag.set(token, (bag.get(token) ?? 0) + weight);
  }
  return bag;
}

/** Size of the prior, in tokens, that keeps words which a few lines happen to lack from counting for too much. */
const PRIOR = 100;

/**
 * How much more often what a bag says stands in a feature's snippets than in those of all features of its SAE, in nats
 * for each token of the bag: with n_f(t) the number of times that t stands in the N_f tokens of the feature's snippets,
 * q(t) its share of the tokens of all snippets (one added to every count), and a Dirichlet prior of `PRIOR` tokens,
 *
 *     sum_t w(t) log[ (n_f(t) + PRIOR q(t)) / ((N_f + PRIOR) q(t)) ] / sum_t w(t)
 *
 * A cosine of bags falls when a bag loses tokens that everybody says, as those agree with every feature; this does not.
 */
export class Likelihood {
  private readonly counts = new Map<string, number>();
  private readonly weights = new WeakMap<Bag, number>();
  private total = 0;

  /** @param all the snippets of an SAE's features */
  constructor(all: readonly FeatureSnippets[]) {
    for (const snippets of all) {
      for (const [token, count] of counted(snippets)) {
        this.counts.set(token, (this.counts.get(token) ?? 0) + count);
        this.total += count;
      }
    }
  }

  /** @returns the measure of any bag against one feature's snippets */
  under(snippets: FeatureSnippets): (bag: Bag) => number {
    const own = counted(snippets);
    const size = [...own.values()].reduce((sum, count) => sum + count, 0);
    // Of a token that is not in the snippets, whatever its share.
    const absent = Math.log(PRIOR / (size + PRIOR));
    const more = new Map<string, number>();
    for (const [token, count] of own) {
      const share = ((this.counts.get(token) ?? 0) + 1) / (this.total + this.counts.size);
      more.set(token, Math.log((count + PRIOR * share) / ((size + PRIOR) * share)) - absent);
    }
    return (bag) => {
      const weights = this.weightOf(bag);
      if (weights === 0) return 0;
      let sum = 0;
      for (const [token, ratio] of more) sum += ratio * (bag.get(token) ?? 0);
      return absent + sum / weights;
    };
  }

  private weightOf(bag: Bag): number {
    let weight = this.weights.get(bag);
    if (weight === undefined) {
      weight = [...bag.values()].reduce((sum, value) => sum + value, 0);
      this.weights.set(bag, weight);
    }
    return weight;
  }
}

function counted({ examples }: FeatureSnippets): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { tokens } of examples)
    for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}
