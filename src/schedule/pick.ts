import {
  type DefinitionTree,
  type FeatureEvidence,
  type SurveyReport,
  type TreeNode,
  uniformNumbers,
} from '../core/index.js';
import type { ShownFeature } from './book.js';

/** The fields of a layer's survey that picking uses. */
export type Surveyed = Pick<SurveyReport, 'texts' | 'active' | 'share' | 'class' | 'nearest'>;

/** Active in fewer of the model's texts, a feature's tokens mean little, as in `/kind`. */
const FEWEST_TEXTS = 3;
/** A feature that is active in a larger share of the texts is too general. */
const DENSEST = 0.2;
/** Decoder vectors with a larger cosine mean much the same. */
const NEAREST = 0.5;
/** One token explains a feature when it has more than this share of the activation. */
const MOST = 0.5;
const LETTERS = /\p{L}/u;
/** Letters with their marks, digits, punctuation and spaces: what a definition is written in. */
const READABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{Zs}]*$/u;

/** A channel's seed for a day: FNV-1a of both, 32 bits. */
export function seedOf(channel: string, day: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${channel} ${day}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash | 0;
}

/** The same values in an order that depends on the seed alone (Fisher and Yates). */
export function shuffled<T>(values: readonly T[], seed: number): T[] {
  const order = [...values];
  const uniform = uniformNumbers(seed);
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** How often each key was shown. */
export function timesShown<T>(shown: readonly T[], keyOf: (value: T) => string | number) {
  const times = new Map<string | number, number>();
  for (const value of shown) times.set(keyOf(value), (times.get(keyOf(value)) ?? 0) + 1);
  return (key: string | number) => times.get(key) ?? 0;
}

/** Those with the smallest value, in their order. */
export function leastOf<T>(values: readonly T[], measure: (value: T) => number): T[] {
  const least = Math.min(...new Set(values.map(measure)));
  return values.filter((value) => measure(value) === least);
}

/** The first of those in a list that were shown least often, so that nothing repeats until everything was shown. */
export function pickFromList<T extends Pick<ShownFeature, 'layer' | 'feature'>>(
  listed: readonly T[],
  shown: readonly ShownFeature[],
): T | undefined {
  const times = timesShown(shown, addressOf);
  return leastOf(listed, (candidate) => times(addressOf(candidate)))[0];
}

/** Features that are active in at least one of the model's own texts; where none is, all of them. */
export function aliveFeatures({ active }: Surveyed): number[] {
  const all = [...active.keys()];
  const alive = all.filter((feature) => active[feature]! > 0);
  return alive.length > 0 ? alive : all;
}

/**
 * Candidates for an interesting feature among some of a layer, most wanted first: readable ones that are not near
 * those shown before, of the kinds that were shown least; when there are none left, whatever is.
 *
 * @param pool features that may be shown
 * @param shown features of the layer that were shown
 * @param count most candidates
 */
export function interestingCandidates(
  survey: Surveyed,
  pool: readonly number[],
  shown: readonly number[],
  seed: number,
  count: number,
): number[] {
  const readable = pool.filter((feature) => isReadable(survey, feature));
  const apart = readable.filter((feature) => survey.nearest[feature]! < NEAREST);
  const wanted = [apart, readable, pool].find((features) => features.length > 0) ?? [];
  const times = timesShown(shown, (feature) => kindOf(survey, feature));
  const [kind] = leastOf(
    shuffled([...new Set(wanted.map((feature) => kindOf(survey, feature)))], seed),
    times,
  );
  return shuffled(
    wanted.filter((feature) => kindOf(survey, feature) === kind),
    seed,
  ).slice(0, count);
}

/**
 * Whether people see from its examples what a feature is about: several share words with letters, and where it fires
 * most there are letters, too.
 */
export function tellsPeople(evidence: Pick<FeatureEvidence, 'label' | 'examples'> | undefined): boolean {
  const [top] = evidence?.examples ?? [];
  const { label } = evidence ?? {};
  if (!top || !label || label.shared === 0 || !label.words.some((word) => LETTERS.test(word))) return false;
  const peak = top.activations.indexOf(Math.max(...top.activations));
  return LETTERS.test(top.tokens[peak] ?? '');
}

/**
 * How much of what the model says about a ghost is particular to it and can be read: the sum of c(leaf) over the
 * leaves of its pruned tree with
 *
 *     no generic branch on the way, and every token on the way made of letters, digits, punctuation and spaces,
 *
 * c the cumulative probability; 0..1.
 */
export function particularShare({ root }: Pick<DefinitionTree, 'root'>): number {
  let sum = 0;
  const nodes: TreeNode[] = [root];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    if (node.generic || !READABLE.test(node.token)) continue;
    if (node.children.length === 0 && node.tokenId !== null) sum += node.cumulative;
    nodes.push(...node.children);
  }
  return sum;
}

/** Whether it is active often enough to judge, and not so often that it is too general. */
function isReadable({ active, texts }: Surveyed, feature: number): boolean {
  return active[feature]! >= FEWEST_TEXTS && active[feature]! <= DENSEST * texts;
}

/** The class of what it promotes, and whether one token explains it. */
function kindOf(survey: Surveyed, feature: number): string {
  return `${survey.class[feature]} ${(survey.share[feature] ?? 0) > MOST ? 'token' : 'context'}`;
}

function addressOf({ layer, feature }: Pick<ShownFeature, 'layer' | 'feature'>): string {
  return `${layer}/${feature}`;
}
