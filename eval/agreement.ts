import type { TreeNode } from '../src/core/index.js';
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
    for (const [token, weight] of one) {
      const against = other.get(token);
      if (against !== undefined) product += weight * against * this.idf(token) ** 2;
    }
    return product === 0 ? 0 : product / (this.length(one) * this.length(other));
  }

  private length(bag: Bag): number {
    let squares = 0;
    for (const [token, weight] of bag) squares += (weight * this.idf(token)) ** 2;
    return Math.sqrt(squares);
  }
}

/** What a tree says: each token weighed by the probability of getting there. */
export function treeBag(root: TreeNode): Bag {
  const bag: Bag = new Map();
  const visit = (node: TreeNode) => {
    for (const child of node.children) {
      bag.set(child.token, (bag.get(child.token) ?? 0) + child.cumulative);
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
