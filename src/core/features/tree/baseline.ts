import { gaussian } from '../../maths/random.js';
import type { Baseline, BaselineQuestion, FeatureLimits, MeanTree, RunningModel } from '../../model/model.js';
import { tokenizePrompt } from '../../model/prompt.js';
import { placeOf, speakingAt } from '../ghost/place.js';
import { growMeanTree } from './mean.js';

/** Which ghosts are sampled and how far what they say is followed; a baseline belongs to one such sample. */
export const SAMPLE = {
  /** Random directions per distance: what few ghosts happen to say is not what every ghost says. */
  directions: 40,
  /** Distances from the mean of the place, as multiples of the radius that is asked for. */
  distances: [0.5, 0.7, 1, 1.4, 2],
  seed: 20_261,
  /** More than any tree looks at: one baseline serves every `top` and `depth`. */
  top: 20,
  depth: 40,
  /**
   * Smallest mean kept. Paths that are not kept count as no more probable than this, so that a high floor hides what
   * only the feature says.
   */
  floor: 5e-4,
  /**
   * Smallest probability of a path under one ghost at which what that ghost says next counts. On the embedded model a
   * fifth of it hid no more for twice the work.
   */
  followed: 1e-2,
} as const;

/** A baseline as plain data: nodes with parents before their children, the root left out. */
export interface FlatBaseline {
  floor: number;
  /** Index of each node's parent, -1 for the root. */
  parents: number[];
  tokens: number[];
  probabilities: number[];
}

/** The radius of the baseline that a scale is compared with: the nearest power of 2. */
export function radiusOf(scale: number): number {
  return 2 ** Math.round(Math.log2(scale));
}

/**
 * Samples ghosts that mean nothing in particular, random directions at several distances around the mean of the place
 * and that mean itself, and takes the mean of what they say: B(path) = 1/G sum_g P_g(path) (`growMeanTree`), so that B(path, t) / B(path) is the
 * mean of the ghosts' probabilities of t, each weighed by how much of its probability reaches `path`.
 *
 * @param onShare awaited after every batch with the share that is done; throwing stops the work
 * @throws {InputError} when the prompt does not hold `{ghost}` once
 */
export async function measureBaseline(
  model: Parameters<typeof placeOf>[0] & Pick<RunningModel, 'language'>,
  { prompt, close, at, radius, ...source }: BaselineQuestion,
  { batch }: Pick<FeatureLimits, 'batch'>,
  onShare: (share: number) => void | Promise<void>,
): Promise<Baseline> {
  const tokens = tokenizePrompt(prompt, model.tokenizer, close);
  const place = await placeOf(model, source, at);
  const ghosts = sampleGhosts(place.mean, radius * place.unit);
  const speaker = speakingAt(model.language, place);
  return {
    floor: SAMPLE.floor,
    root: await growMeanTree(speaker, tokens, ghosts, { ...SAMPLE, batch }, onShare),
  };
}

/** The mean of a place and seeded random directions around it [hiddenSize each]. @param radius Euclidean distance */
export function sampleGhosts(mean: Float32Array, radius: number): Float32Array[] {
  const normal = gaussian(SAMPLE.seed);
  const around = SAMPLE.distances.flatMap((distance) =>
    Array.from({ length: SAMPLE.directions }, () => {
      const direction = mean.map(normal);
      const length = Math.hypot(...direction);
      return mean.map((value, i) => value + (distance * radius * direction[i]!) / length);
    }),
  );
  return [mean, ...around];
}

/** Plain data of a baseline, probabilities with four significant digits. */
export function flatten({ floor, root }: Baseline): FlatBaseline {
  const flat: FlatBaseline = { floor, parents: [], tokens: [], probabilities: [] };
  const visit = (node: MeanTree, index: number) => {
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
  const root: MeanTree = { probability: 1, children: new Map() };
  const nodes: MeanTree[] = [];
  for (const [index, token] of tokens.entries()) {
    const parent = parents[index] === -1 ? root : nodes[parents[index]!];
    if (!parent) throw new Error('a baseline whose nodes are out of order');
    const node: MeanTree = { probability: probabilities[index]!, children: new Map() };
    parent.children.set(token, node);
    nodes.push(node);
  }
  return { floor, root };
}
