import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { HybridWork, ListedToken } from '../../report/feature.js';
import { listTokens, scoredToken } from '../list/near.js';
import { BOUNDS, type HybridFiring, type HybridQuestion, hybridFirings } from './firings.js';

/**
 * Weight of a firing of a token that was put into a carrier; one that stands in a text by itself has 1. Almost any
 * token fires somewhere when it is put there. Chosen by `npm run eval hybrid`.
 */
export const PLACED = 0.5;

/** What a list is asked for; exponent and length are as for the one by nearness. */
export interface ListQuestion extends Omit<HybridQuestion, 'near'> {
  m: number;
  tokens: number;
}

/**
 * The token list by what tokens do. Tokens on which the feature is silent wherever they were tried follow in the order
 * of nearness.
 *
 * @param outOfTime asked after every batch; where true the carriers left are not tried
 * @param onShare awaited after every batch with the share that is done; throwing stops the work
 */
export async function listHybrid(
  model: Pick<RunningModel, 'language' | 'tokenizer' | 'lens' | 'embeddings'>,
  source: FeatureSource,
  feature: number,
  question: ListQuestion,
  outOfTime: () => boolean,
  onShare: (share: number) => void | Promise<void>,
): Promise<{ tokens: ListedToken[]; work: HybridWork }> {
  const { ghost, m, tokens, firings: textFirings } = question;
  const { tokenizer } = model;
  const embeddings = await model.embeddings(source.centered);
  const nearest = await listTokens(ghost, embeddings, tokenizer, m, Math.max(tokens, BOUNDS.near));
  const near = nearest.map(({ tokenId }) => tokenId);
  const { firings, ...tried } = await hybridFirings(
    model,
    source,
    feature,
    { ...question, near },
    outOfTime,
    onShare,
  );
  const best = strongestFirst(firings, PLACED);
  const firing = new Set(best.map(({ context }) => context.at(-1)!));
  const listed = best.map(({ context, activation, written }) => {
    const tokenId = context.at(-1)!;
    const before = context.slice(1, -1).map((id) => tokenizer.text(id));
    return {
      ...scoredToken(ghost, embeddings, m, tokenId),
      token: tokenizer.text(tokenId),
      activation,
      context: { before: before.join(''), written },
    };
  });
  const silent = nearest
    .filter(({ tokenId }) => !firing.has(tokenId))
    .map((entry) => ({ ...entry, activation: 0 }));
  return {
    tokens: [...listed, ...silent].slice(0, tokens).map((entry, index) => ({ ...entry, rank: index + 1 })),
    work: { texts: textFirings.texts.length, ...tried },
  };
}

/**
 * Each token once, where it fires best. With a(t, c) the feature's activation on token t after the beginning c,
 *
 *     strength(t) = max( max of a(t, c) where t stands after c by itself, placed * max of a(t, c) where it was put )
 *
 * @returns largest strength first, ties by token id
 */
export function strongestFirst(firings: readonly HybridFiring[], placed: number): HybridFiring[] {
  const strength = ({ activation, written }: HybridFiring) => activation * (written ? 1 : placed);
  const best = new Map<number, HybridFiring>();
  for (const firing of firings) {
    const token = firing.context.at(-1)!;
    const strongest = best.get(token);
    if (!strongest || strength(firing) > strength(strongest)) best.set(token, firing);
  }
  return [...best]
    .sort(([tokenA, a], [tokenB, b]) => strength(b) - strength(a) || tokenA - tokenB)
    .map(([, firing]) => firing);
}
