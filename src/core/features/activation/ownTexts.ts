import { uniformNumbers } from '../../maths/random.js';
import type { Tokenizer } from '../../model/model.js';
import type { LanguageModel } from '../../model/ports.js';
import { writeTexts } from './writeTexts.js';

/** How a model's own texts are sampled; docs/methods.md says what they cost. */
export const OWN_TEXTS = {
  count: 2048,
  /** Longest text in tokens, BOS included. */
  longest: 64,
  seed: 20_263,
} as const;

/** Texts that are written at once: keys and values of all of them stay in memory. */
const TOGETHER = 64;

/**
 * What a model writes when nobody asks it anything: texts sampled from its own distributions, from BOS on, at
 * temperature 1 and from the whole vocabulary. They are as good a stand-in for its training data as its loss allows,
 * and need nothing but its weights. A text ends before a second BOS, which models that use one token for both write at
 * the end of a document.
 *
 * @param outOfTime asked after every token; where true the texts end where they are
 * @param onShare awaited after every batch with the share that is done; throwing stops the work
 * @returns token ids, BOS first; the same for the same seed
 */
export async function ownTexts(
  model: LanguageModel,
  { bos }: Pick<Tokenizer, 'bos'>,
  { count, longest, seed }: { count: number; longest: number; seed: number },
  outOfTime: () => boolean,
  onShare: (share: number) => void | Promise<void>,
): Promise<number[][]> {
  const uniform = uniformNumbers(seed);
  const most = Math.min(longest, model.contextLength);
  const all: number[][] = [];
  while (all.length < count && !outOfTime()) {
    const done = all.length;
    const texts = Array.from({ length: Math.min(TOGETHER, count - done) }, () => [bos]);
    await writeOn(model, texts, most, uniform, outOfTime, (share) =>
      onShare((done + share * texts.length) / count),
    );
    all.push(...texts);
  }
  return all;
}

/** Continues texts that hold BOS, all in step, until each has ended or is long enough. */
async function writeOn(
  model: LanguageModel,
  texts: number[][],
  most: number,
  uniform: () => number,
  outOfTime: () => boolean,
  onShare: (share: number) => void | Promise<void>,
): Promise<void> {
  const store = model.createStore();
  const writings = texts.map((tokens) => ({ tokens, slots: [] }));
  await writeTexts(
    writings,
    [],
    store,
    async (batch) => {
      const result = await model.forward({ ...batch, ghosts: [], top: 1 }, store);
      const distributions = await result.distributions();
      return { distributions, keep: (row: number) => result.keep(row) };
    },
    ({ tokens }, { distributions }, row) => {
      const start = row * model.vocabularySize;
      const token = drawn(distributions.subarray(start, start + model.vocabularySize), uniform());
      if (token === tokens[0]) return false;
      tokens.push(token);
      return tokens.length < most;
    },
    async (steps) => {
      await onShare(steps / most);
      return !outOfTime();
    },
  );
}

/** The token at which the cumulated probabilities pass a number in 0..1. */
function drawn(probabilities: Float32Array, at: number): number {
  let sum = 0;
  for (let token = 0; token < probabilities.length; token++) {
    sum += probabilities[token]!;
    if (sum > at) return token;
  }
  // Rounding may leave the sum a hair below 1.
  return probabilities.length - 1;
}
