import type { Dream, ReadDream } from './reader.js';

/** How many tokens of each kind are tried at a place. */
const TRIED = { following: 16, hot: 8, listed: 4, alike: 6 } as const;
/** Where few tokens come after a place, any tokens are tried, too, until about so many are read. */
const ROWS = 384;
/** Longest end of another text that is put in a place, in tokens. */
const LONGEST_TAIL = 6;
/** Most tokens that are left out at once. */
const LEFT_OUT = 3;

/** Tokens that were seen to make the feature active, and those that are listed for it. */
export class HotTokens {
  private readonly activations = new Map<number, number>();

  /** @param listed best first */
  constructor(private readonly listed: readonly number[]) {}

  /** @param activation of a text that owes it to this token */
  learn(token: number, activation: number): void {
    if (activation > (this.activations.get(token) ?? 0)) this.activations.set(token, activation);
  }

  /** The hottest tokens, and some of the listed ones, the first ones likelier. */
  some(uniform: () => number): number[] {
    const hottest = [...this.activations].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, TRIED.hot);
    const drawn = Array.from(
      { length: Math.min(TRIED.listed, this.listed.length) },
      () => this.listed[Math.floor(uniform() ** 2 * this.listed.length)]!,
    );
    return [...hottest.map(([token]) => token), ...drawn];
  }
}

/** What proposals are made from, besides the text. */
export interface Proposals {
  hot: HotTokens;
  /** Tokens whose embeddings are like that of a token, best first. */
  alike: (token: number) => Promise<readonly number[]>;
  /** Tokens that may be tried anywhere. */
  vocabulary: ArrayLike<number>;
  /** Texts whose ends are tried. */
  others: readonly Dream[];
  /** Longest text in tokens. */
  longest: number;
  /** Seeded numbers in 0..1. */
  uniform: () => number;
}

/**
 * What a text may go on with after its first `prefix` tokens instead of what follows them: one token put in or
 * replaced (by what the model predicts there, by hot and listed ones, by ones like it, by any), a few left out, or
 * the end of another text.
 *
 * @returns endings, none twice
 */
export async function endingsAt(
  { tokens, following }: ReadDream,
  prefix: number,
  { hot, alike, vocabulary, others, longest, uniform }: Proposals,
): Promise<number[][]> {
  const rest = tokens.slice(prefix);
  const tried = new Set([...following[prefix]!.slice(0, TRIED.following), ...hot.some(uniform)]);
  const endings: number[][] = [];
  for (const token of tried) endings.push([token, ...rest]);
  if (rest.length > 0) {
    for (const token of await alike(rest[0]!)) tried.add(token);
    for (const token of tried) endings.push([token, ...rest.slice(1)]);
  }
  for (let left = 1; left <= LEFT_OUT; left++) endings.push(rest.slice(left));
  for (const other of others)
    for (let length = 1; length <= LONGEST_TAIL; length++) endings.push(other.tokens.slice(-length));
  for (let rows = endings.flat().length; rows < ROWS; rows += Math.max(1, rest.length))
    endings.push([vocabulary[Math.floor(uniform() * vocabulary.length)]!, ...rest.slice(1)]);
  const seen = new Set([rest.join()]);
  return endings.filter((ending) => {
    const key = ending.join();
    if (ending.length === 0 || prefix + ending.length > longest || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Returns a function that finds the tokens whose embeddings are most like a token's, computed once for each. */
export function likeness(
  cosines: (token: number) => Promise<Float32Array>,
): (token: number) => Promise<readonly number[]> {
  const alikeByToken = new Map<number, readonly number[]>();
  return async (token) => {
    let tokens = alikeByToken.get(token);
    if (!tokens) {
      const values = await cosines(token);
      const least = values
        .slice()
        .sort()
        .at(-1 - TRIED.alike)!;
      const near: number[] = [];
      values.forEach((value, other) => {
        if (value >= least && other !== token) near.push(other);
      });
      tokens = near.sort((a, b) => values[b]! - values[a]! || a - b).slice(0, TRIED.alike);
      alikeByToken.set(token, tokens);
    }
    return tokens;
  };
}
