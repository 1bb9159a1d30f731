import type { RunningModel } from './feature.js';

/** What a model is let write; the same texts for every SAE of it. */
export const OWN_TEXTS = {
  /** Chosen with `STRONGEST`, on the tuning half: half as many tell a rare feature's tokens clearly worse. */
  texts: 2048,
  /** Longest text in tokens, BOS included. */
  longest: 40,
  /** Texts that are written side by side; each step holds so many distributions over the vocabulary. */
  atOnce: 64,
  seed: 20_263,
} as const;

/**
 * Lets the model write texts of its own: token by token after BOS, each drawn from the whole distribution at
 * temperature 1. Cutting the distribution's tail off would leave out the rare words that many features are about. A
 * text ends where the model says BOS again, as GPT-2's end of text.
 *
 * @param milliseconds when so much time is over, no further texts are begun
 * @param onShare awaited after every step with the share of the work that is done; throwing stops it
 * @returns token ids, BOS first; at least `atOnce` texts, `texts` when time allows
 */
export async function writeOwnTexts(
  { language, tokenizer }: Pick<RunningModel, 'language' | 'tokenizer'>,
  milliseconds: number,
  onShare: (share: number) => void | Promise<void>,
  uniform: () => number,
): Promise<number[][]> {
  const started = performance.now();
  const texts: number[][] = [];
  const { atOnce } = OWN_TEXTS;
  const longest = Math.min(OWN_TEXTS.longest, language.contextLength);
  while (
    texts.length < OWN_TEXTS.texts &&
    (texts.length === 0 || performance.now() - started < milliseconds)
  ) {
    const store = language.createStore();
    const begun = Array.from({ length: atOnce }, () => ({ ids: [tokenizer.bos], slots: [] as number[] }));
    let growing = begun;
    for (let position = 0; position < longest - 1 && growing.length > 0; position++) {
      const rows = growing.map(({ ids, slots }) => {
        return { token: ids[position]!, position, ancestors: slots, peers: [] };
      });
      const selected = rows.map((_, row) => row);
      const result = await language.forward({ rows, ghosts: [], shared: [], selected, top: 1 }, store);
      const distributions = await result.distributions();
      growing = growing.filter((text, row) => {
        const token = drawToken(distributions, row, language.vocabularySize, uniform());
        if (token === tokenizer.bos) return false;
        text.ids.push(token);
        text.slots = [...text.slots, result.keep(row)];
        return true;
      });
      await onShare((texts.length + (atOnce * (position + 1)) / longest) / OWN_TEXTS.texts);
    }
    texts.push(...begun.map(({ ids }) => ids));
  }
  return texts;
}

/**
 * The token in which a number falls when the distribution's probabilities are laid end to end.
 *
 * @param distributions [rows, size]
 * @param uniform 0..1
 */
export function drawToken(distributions: Float32Array, row: number, size: number, uniform: number): number {
  let rest = uniform;
  let last = 0;
  for (let token = 0; token < size; token++) {
    const probability = distributions[row * size + token]!;
    if (probability === 0) continue;
    last = token;
    rest -= probability;
    if (rest < 0) return token;
  }
  // Rounding left the sum a little below 1.
  return last;
}
