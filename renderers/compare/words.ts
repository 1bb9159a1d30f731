/** How an answer to `/compare` is put into words, the same in pictures, alt texts and chats. */
import type {
  ComparedDefinition,
  ComparedSide,
  ComparedToken,
  CompareReport,
} from '../../src/core/report/compare.js';
import { formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';

/** How alike two trees (by likeness) or lists (by rank-biased overlap) are; docs/evaluation.md has the distributions. */
export type Degree = 'much' | 'partly' | 'little';

export const DEGREES = { much: 0.5, partly: 0.2 } as const;

export function degreeOf(share: number): Degree {
  return share >= DEGREES.much ? 'much' : share >= DEGREES.partly ? 'partly' : 'little';
}

const LONGEST_QUOTE = 60; // characters
const LONGEST_TOKEN = 40;
const TOKENS_NAMED = 3;

/** Whether the two vectors are those of one feature. */
export function isOneFeature({ sides: [first, second] }: CompareReport): boolean {
  return first.sae.layer === second.sae.layer && first.sae.feature === second.sae.feature;
}

/** The names of the sides: what differs between them. */
export function sideNames(report: CompareReport): [string, string] {
  const name = ({ sae, weights }: ComparedSide) =>
    isOneFeature(report) ? `the ${weights}` : `L${sae.layer} F${sae.feature}`;
  return [name(report.sides[0]), name(report.sides[1])];
}

/** The same as headings: `Encoder`, `L10 F777`. */
export function sideHeadings(report: CompareReport): string[] {
  return sideNames(report).map((name) => capitalised(name.replace('the ', '')));
}

/** What is compared: `layer 10 · feature 777 · encoder and decoder`. */
export function comparedTitle(report: CompareReport): string {
  const [first, second] = report.sides;
  const address = ({ sae }: ComparedSide) => `layer ${sae.layer} · feature ${sae.feature}`;
  return isOneFeature(report)
    ? `${address(first)} · encoder and decoder`
    : `${address(first)} and ${address(second)} · ${first.weights}`;
}

/** `0.41`, `-0.03`. */
export function formatCosine(cosine: number): string {
  const written = cosine.toFixed(2);
  return Number(written) === 0 ? '0.00' : written;
}

/** `13 of 100`. */
export function sharedTokens({ lists }: CompareReport): string {
  return `${lists.shared} of ${lists.length}`;
}

/**
 * One sentence on how the two differ, by rules on the numbers: how alike the trees are, and the lists where they
 * disagree with the trees; then the definition that both share, unless the trees have little in common, or the one that
 * each says most more often than the other; then, unless the lists are much alike, the best tokens of one list only.
 *
 * @param withNumbers whether the numbers are told, which may stand beside it
 */
export function differenceSentence(report: CompareReport, withNumbers = true): string {
  const { trees, lists, cosine, sides } = report;
  const names = sideNames(report);
  const [treesAlike, listsAlike] = [degreeOf(trees.likeness), degreeOf(lists.rankBiased)];
  const numbers = `cosine ${formatCosine(cosine)}, ${sharedTokens(report)} nearest tokens shared, trees ${formatProbability(trees.likeness)} alike`;
  const both = treesAlike === 'little' ? undefined : trees.definition;
  const parts = [
    ...(both ? [bothSay(both)] : []),
    ...(treesAlike === 'much' ? [] : eachSays(sides, names, both?.text)),
    ...(listsAlike === 'much' ? [] : ownTokens(sides, names)),
  ];
  const details = parts.length > 0 ? `: ${parts.join('; ')}` : '';
  return `${capitalised(names[0])} and ${names[1]} ${verdict(treesAlike, listsAlike)}${withNumbers ? ` (${numbers})` : ''}${details}.`;
}

function verdict(trees: Degree, lists: Degree): string {
  if (trees === 'little')
    return lists === 'much'
      ? 'say different things, though they lie near the same tokens'
      : 'say different things';
  const agreement = trees === 'much' ? 'say much the same' : 'say partly the same';
  return lists === 'little' ? `${agreement}, though they lie near different tokens` : agreement;
}

function bothSay({ text, probabilities }: NonNullable<CompareReport['trees']['definition']>): string {
  return `both say ${quoted(text, true)} (${probabilities.map(formatProbability).join(' and ')})`;
}

/** @param name the definition that the sentence has already named */
function eachSays(
  sides: CompareReport['sides'],
  names: readonly [string, string],
  name: string | undefined,
): string[] {
  return sides.flatMap(({ leading }, index) => {
    if (!leading || leading.text === name) return [];
    const against = `${names[1 - index]} ${probabilityThere(leading, sides[1 - index]!)}`;
    const { text, ended, probability } = leading;
    return `${names[index]} says ${quoted(text, ended)} (${formatProbability(probability)}, ${against})`;
  });
}

/** `0.2%`, or `under 0.005%` where it is below the cutoff of the other side's tree. */
function probabilityThere({ other }: ComparedDefinition, { tree }: ComparedSide): string {
  return other === null ? `under ${formatProbability(tree.cutoff)}` : formatProbability(other);
}

function ownTokens(sides: CompareReport['sides'], names: readonly [string, string]): string[] {
  return sides.flatMap(({ tokens }, index) => {
    const onlyTokens = tokenNames(
      tokens.filter(({ otherRank }) => otherRank === null),
      TOKENS_NAMED,
    );
    return onlyTokens.length > 0 ? `only near ${names[index]}: ${onlyTokens.join(', ')}` : [];
  });
}

/** The first tokens of a list as people read them: ` December` and `December` are one word. */
export function tokenNames(tokens: readonly ComparedToken[], most: number): string[] {
  const names = new Set(
    tokens.map(({ token }) => shorten(visibleToken(token.trim() || token), LONGEST_TOKEN)),
  );
  return [...names].slice(0, most);
}

function quoted(text: string, ended: boolean): string {
  return `“${shorten(readable(text), LONGEST_QUOTE)}${ended ? '' : ' …'}”`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
