import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { Verdict } from '../../report/kind.js';
import { encodeTexts } from '../activation/activations.js';

/** How many of the texts in which a feature is most active count. Chosen on the tuning half from 5, 10, 20 and 40. */
export const STRONGEST = 10;
/** In fewer texts a feature's tokens say little. */
export const FEWEST_TEXTS = 3;
/** A token that has more of the activation than all others together says what the feature is about. */
const MOST = 0.5;
/** Progress is reported every so many texts: fewer than a batch holds. */
const TEXTS_AT_A_TIME = 8;

/** Which token each feature of an SAE is most active on in the model's own texts. */
export interface TokenShares {
  /** Token id; -1 for a feature that is active in none [features]. */
  token: Float32Array;
  /** That token's share of the activation, 0..1; NaN for a feature that is active in none [features]. */
  share: Float32Array;
  /** In how many texts the feature is active [features]. */
  active: Float32Array;
  /** Number of texts. */
  texts: number;
}

/** Tokens of a text with the activation of one feature on each. */
export interface ActiveText<Token> {
  tokens: readonly Token[];
  activations: readonly number[];
}

/**
 * Measures for every feature how much of its activation a single token has, in the `STRONGEST` texts that activate it
 * most, each rated by its largest activation; BOS does not count.
 *
 * @param texts token ids, BOS first
 * @param onShare awaited now and then with the share that is done; throwing stops the work
 */
export async function measureTokenShares(
  model: Pick<RunningModel, 'language'>,
  source: FeatureSource,
  texts: readonly (readonly number[])[],
  onShare: (share: number) => void | Promise<void>,
): Promise<TokenShares> {
  const { features } = source;
  const strongest = Array.from({ length: features }, () => new StrongestTexts());
  const active = new Float32Array(features);
  for await (const { text, activations } of encodeTexts(model, source, texts)) {
    const ids = texts[text]!;
    const peaks = new Float32Array(features);
    for (let i = features; i < activations.length; i++) {
      const feature = i % features;
      if (activations[i]! > peaks[feature]!) peaks[feature] = activations[i]!;
    }
    for (let feature = 0; feature < features; feature++) {
      const peak = peaks[feature]!;
      if (peak === 0) continue;
      active[feature]!++;
      strongest[feature]!.add(peak, () => ({
        tokens: ids.slice(1),
        activations: ids.slice(1).map((_, i) => activations[(i + 1) * features + feature]!),
      }));
    }
    if (text % TEXTS_AT_A_TIME === 0) await onShare(text / texts.length);
  }
  const shares = strongest.map(({ list }) => shareOfOneToken(list));
  return {
    token: Float32Array.from(shares, ({ token }) => token ?? -1),
    share: Float32Array.from(shares, ({ share }) => share),
    active,
    texts: texts.length,
  };
}

/** The texts with the highest peaks, best first; of equal ones those that came first. */
class StrongestTexts {
  readonly list: (ActiveText<number> & { peak: number })[] = [];

  /** @param text called only when it is among them */
  add(peak: number, text: () => ActiveText<number>): void {
    const { list } = this;
    if (list.length === STRONGEST && peak <= list.at(-1)!.peak) return;
    const place = list.findIndex((other) => peak > other.peak);
    list.splice(place < 0 ? list.length : place, 0, { peak, ...text() });
    list.length = Math.min(list.length, STRONGEST);
  }
}

/**
 * The token with most of a feature's activation over texts, and its share of all of it. No token and NaN where there
 * is no activation.
 */
export function shareOfOneToken<Token>(texts: readonly ActiveText<Token>[]): {
  token: Token | undefined;
  share: number;
} {
  const sums = new Map<Token, number>();
  let total = 0;
  for (const { tokens, activations } of texts) {
    tokens.forEach((token, position) => {
      const activation = activations[position]!;
      total += activation;
      sums.set(token, (sums.get(token) ?? 0) + activation);
    });
  }
  let token: Token | undefined;
  let most = 0;
  for (const [candidate, sum] of sums) if (sum > most) [token, most] = [candidate, sum];
  return { token, share: most / total };
}

/**
 * Whether a list of tokens says what the feature is about, or only what stands around them.
 *
 * @param active in how many texts the feature is active
 */
export function verdictOf(share: number, active: number): Verdict {
  if (active < FEWEST_TEXTS) return 'unknown';
  return share > MOST ? 'token' : 'context';
}
