import type { TreeNode } from '../report.js';
import type { FeatureLimits, RunningModel } from './feature.js';
import { tokenizePrompt } from './prompt.js';
import { gaussian } from './random.js';
import { growTree } from './tree.js';

/** What a baseline depends on besides the model. */
export interface BaselineQuestion {
  prompt: string;
  close: boolean;
  /** Whether each embedding is taken without its mean over the width. */
  centered: boolean;
}

/** Which ghosts are sampled and how far their trees are grown; a baseline is good for one such sample. */
export const SAMPLE = {
  /** Random directions per distance: what few ghosts happen to say is not what every ghost says. */
  directions: 40,
  /** Distances from the centroid in units of the mean token distance. */
  distances: [0.5, 0.7, 1, 1.4, 2],
  seed: 20_261,
  /** More than any tree looks at: one baseline serves every `top` and `depth`. */
  top: 20,
  depth: 40,
  /** Smallest cumulative probability grown in one ghost's tree. */
  cutoff: 1e-4,
  /**
   * Smallest mean kept. Paths that are not kept count as no more probable than this, so that a high floor hides what
   * only the feature says.
   */
  floor: 5e-4,
  /**
   * Most nodes of one ghost's tree. Many ghosts with the strongest part of their trees tell more than few with all of
   * it, for the same work.
   */
  nodes: 40,
} as const;

/** A path of tokens with the probability that any ghost says it. */
export interface BaselineNode {
  /** Mean over the sampled ghosts of the path's cumulative probability. */
  probability: number;
  /** By token id. */
  children: Map<number, BaselineNode>;
}

/** What every ghost says: a trie of definitions. */
export interface Baseline {
  /** Paths less probable than this are not in the trie. */
  floor: number;
  root: BaselineNode;
}

/** A baseline as plain data: nodes with parents before their children, the root left out. */
export interface FlatBaseline {
  floor: number;
  /** Index of each node's parent, -1 for the root. */
  parents: number[];
  tokens: number[];
  probabilities: number[];
}

/**
 * Samples ghosts that mean nothing in particular, random directions at several distances and the centroid itself, and
 * averages their definition trees: with P_g(path) the cumulative probability of a path in the tree of ghost g, 0 where
 * it is below that tree's cutoff,
 *
 *     B(path) = 1/G sum_g P_g(path)
 *
 * so that B(path, t) / B(path) is the mean of the ghosts' probabilities of t, each weighed by how much of its
 * probability reaches `path`.
 *
 * @param onShare awaited after every batch with the share that is done; throwing stops the work
 * @throws {InputError} when the prompt is none
 */
export async function measureBaseline(
  { language, tokenizer, embeddings }: Pick<RunningModel, 'language' | 'tokenizer' | 'embeddings'>,
  { prompt, close, centered }: BaselineQuestion,
  { batch }: Pick<FeatureLimits, 'batch'>,
  onShare: (share: number) => void | Promise<void>,
): Promise<Baseline> {
  const tokens = tokenizePrompt(prompt, tokenizer, close);
  const { centroid, meanDistance } = await embeddings(centered);
  const ghosts = sampleGhosts(centroid, meanDistance);
  const root: BaselineNode = { probability: 1, children: new Map() };
  const { top, depth, cutoff, nodes, floor } = SAMPLE;
  for (const [index, ghost] of ghosts.entries()) {
    const options = { top, depth, cutoff, nodes, batch, outOfTime: () => false };
    const tree = await growTree(language, tokens, ghost, options, ({ settled }) =>
      onShare((index + settled) / ghosts.length),
    );
    addTree(root, tree.root, 1 / ghosts.length);
  }
  removeBelow(root, floor);
  return { floor, root };
}

/** The centroid and seeded random directions around it [hiddenSize each]. */
export function sampleGhosts(centroid: Float32Array, meanDistance: number): Float32Array[] {
  const normal = gaussian(SAMPLE.seed);
  const around = SAMPLE.distances.flatMap((distance) =>
    Array.from({ length: SAMPLE.directions }, () => {
      const direction = centroid.map(normal);
      const length = Math.hypot(...direction);
      return centroid.map((value, i) => value + (distance * meanDistance * direction[i]!) / length);
    }),
  );
  return [centroid, ...around];
}

/** Adds one ghost's tree to the mean. @param weight its share */
export function addTree(into: BaselineNode, tree: TreeNode, weight: number): void {
  for (const { tokenId, cumulative, children } of tree.children) {
    let node = into.children.get(tokenId!);
    if (!node) {
      node = { probability: 0, children: new Map() };
      into.children.set(tokenId!, node);
    }
    node.probability += weight * cumulative;
    addTree(node, { children } as TreeNode, weight);
  }
}

/** Removes paths less probable than `floor`; what follows them is less probable still. */
export function removeBelow(root: BaselineNode, floor: number): void {
  for (const [token, node] of root.children) {
    if (node.probability < floor) root.children.delete(token);
    else removeBelow(node, floor);
  }
}

/** Plain data of a baseline, probabilities with four significant digits. */
export function flatten({ floor, root }: Baseline): FlatBaseline {
  const flat: FlatBaseline = { floor, parents: [], tokens: [], probabilities: [] };
  const visit = (node: BaselineNode, index: number) => {
    for (const [token, child] of node.children) {
      const place = flat.tokens.push(token) - 1;
      flat.parents.push(index);
      flat.probabilities.push(Number(child.probability.toPrecision(4)));
      visit(child, place);
    }
  };
  visit(root, -1);
  return flat;
}

/** @throws Error when the data is damaged: a parent does not stand before its child */
export function unflatten({ floor, parents, tokens, probabilities }: FlatBaseline): Baseline {
  const root: BaselineNode = { probability: 1, children: new Map() };
  const nodes: BaselineNode[] = [];
  for (const [index, token] of tokens.entries()) {
    const parent = parents[index] === -1 ? root : nodes[parents[index]!];
    if (!parent) throw new Error('a baseline whose nodes are out of order');
    const node: BaselineNode = { probability: probabilities[index]!, children: new Map() };
    parent.children.set(token, node);
    nodes.push(node);
  }
  return { floor, root };
}
