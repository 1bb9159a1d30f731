import { DreamFront } from './front.js';
import { endingsAt, HotTokens, type Proposals } from './proposals.js';
import type { Dream, DreamReader, ReadDream } from './reader.js';

/**
 * What a nat of cross-entropy a token costs, in units of the highest activation so far. The population has a member
 * for each.
 */
export const FLUENCY_WEIGHTS: readonly number[] = [0.02, 0.06, 0.12, 0.2, 0.35, 0.6];

/** Populations one after the other: each begins with its share of the starts, the last one with the best of all. */
const ROUNDS = 3;

export interface SearchOptions extends Pick<Proposals, 'alike' | 'vocabulary'> {
  /** Longest text in tokens. */
  longest: number;
  /** Tokens that may be read until the search ends, starts included. */
  budget: number;
  /** Tokens to try from the beginning, best first. */
  listed: readonly number[];
  /** Whether a text may be an answer. */
  accepts: (tokens: readonly number[]) => boolean;
  /** Seeded numbers in 0..1. */
  uniform: () => number;
  /** Awaited after every variation of a text; false ends the search. */
  onStep: (front: DreamFront) => Promise<boolean>;
}

/**
 * Searches texts that activate a feature and still read as language, after Evolutionary Prompt Optimization (Thompson
 * et al., "Fluent dreaming for language models", 2024): a population with a member for each of several weights of
 * fluency, varied one place at a time, begun again with other texts. That method chooses tokens by their gradients;
 * here the variants are read.
 *
 * @param starts texts up to their peaks
 * @returns the Pareto front of all texts that were read and accepted
 */
export async function searchDreams(
  reader: DreamReader,
  starts: readonly Dream[],
  options: SearchOptions,
): Promise<DreamFront> {
  const evolution = new Evolution(reader, options);
  const accepted = starts.filter((start) => evolution.learn(start));
  const ranked = (accepted.length > 0 ? accepted : [...starts]).sort((a, b) => b.activation - a.activation);
  const begun = reader.rows;
  for (let round = 1; round <= ROUNDS; round++) {
    const share = ranked.filter((_, rank) => rank % (ROUNDS - 1) === round % (ROUNDS - 1));
    const best = evolution.front.all();
    const until = begun + ((options.budget - begun) * round) / ROUNDS;
    if (!(await evolution.evolve(round === ROUNDS && best.length > 0 ? best : share, until))) break;
  }
  return evolution.front;
}

/** Populations, and what one leaves to the next. */
class Evolution {
  readonly front = new DreamFront();
  private readonly hot: HotTokens;
  /** Texts whose keys and values are in the store. */
  private readonly read = new Map<Dream, ReadDream>();

  constructor(
    private readonly reader: DreamReader,
    private readonly options: SearchOptions,
  ) {
    this.hot = new HotTokens(options.listed);
  }

  /** Remembers its last token, and the text where it is accepted. @returns whether a population may have it */
  learn(text: Dream): boolean {
    this.hot.learn(text.tokens.at(-1)!, text.activation);
    if (!this.options.accepts(text.tokens)) return false;
    this.front.offer(text);
    return true;
  }

  /** Varies a population until so many tokens were read. @returns false when the search was ended */
  async evolve(starts: readonly Dream[], until: number): Promise<boolean> {
    const { uniform, onStep } = this.options;
    let members = this.fittest(starts);
    while (members.length > 0 && this.reader.rows < until) {
      const parents = [...new Set(members)];
      this.forgetAllBut(parents);
      for (const parent of parents) {
        const text = await this.readOnce(parent);
        // Places near the end cost less, and do more.
        const prefix = Math.floor(Math.sqrt(uniform()) * (parent.tokens.length + 1));
        const endings = await endingsAt(text, prefix, { ...this.options, hot: this.hot, others: parents });
        const read = await this.reader.variants(text, prefix, endings);
        const variants = read.filter((variant) => variant !== undefined);
        for (const variant of variants)
          if (variant.activation > parent.activation)
            this.hot.learn(variant.tokens[prefix]!, variant.activation);
        members = this.fittest([...members, ...this.promising(variants, members)]);
        if (!(await onStep(this.front))) return false;
        if (this.reader.rows >= until) break;
      }
    }
    return true;
  }

  /** The variants that are accepted among those that would enter the front or the population. */
  private promising(variants: readonly Dream[], members: readonly Dream[]): Dream[] {
    const candidates = new Set([
      ...this.fittest([...members, ...variants]).filter((text) => !members.includes(text)),
      ...variants.filter((text) => this.front.wants(text)),
    ]);
    return [...candidates].filter((text) => this.learn(text));
  }

  /** For each weight the text that is worth most. */
  private fittest(texts: readonly Dream[]): Dream[] {
    if (texts.length === 0) return [];
    const highest = Math.max(...texts.map(({ activation }) => Math.abs(activation)), 1e-9);
    const unit = this.front.strongest()?.activation ?? highest;
    return FLUENCY_WEIGHTS.map((weight) => {
      const worth = (text: Dream) => text.activation / unit - weight * text.crossEntropy;
      return texts.reduce((best, text) => (worth(text) > worth(best) ? text : best));
    });
  }

  private async readOnce(text: Dream): Promise<ReadDream> {
    const read = this.read.get(text) ?? (await this.reader.read(text.tokens));
    this.read.set(text, read);
    return read;
  }

  private forgetAllBut(texts: readonly Dream[]): void {
    for (const [text, read] of this.read) {
      if (texts.includes(text)) continue;
      this.reader.forget(read);
      this.read.delete(text);
    }
  }
}
