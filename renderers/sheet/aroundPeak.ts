/** The part of a long text that is shown: its tokens around the peak. */
import { type ShadedText, type ShadedTokens, type ShadeOptions, shadedText } from './shadedText.js';

/** A text of which a part is shown. */
interface LongText {
  tokens: readonly string[];
  activations: readonly number[];
}

/** Most tokens before and after the peak. */
interface Room {
  before: number;
  after: number;
}

/** The part of a text around its peak, with fewer tokens before the peak where the lines would end before it. */
export function shadedAroundPeak(text: LongText, { before, after }: Room, options: ShadeOptions): ShadedText {
  for (;;) {
    const shaded = shadedText(aroundPeak(text, { before, after }), options);
    if (shaded.showsPeak || before === 0) return shaded;
    before = Math.floor(before * 0.7);
  }
}

export function aroundPeak({ tokens, activations }: LongText, { before, after }: Room): ShadedTokens {
  const peak = strongestOf(activations);
  const first = Math.max(0, (peak ?? 0) - before);
  const end = Math.min(tokens.length, (peak ?? 0) + after + 1);
  return {
    tokens: tokens.slice(first, end),
    activations: activations.slice(first, end),
    peak: peak === null ? null : peak - first,
    cut: first > 0,
    ...(end < tokens.length && { rest: '…' }),
  };
}

/** Index of the first of the largest activations, null where all are 0. */
export function strongestOf(activations: readonly number[]): number | null {
  let peak: number | null = null;
  activations.forEach((activation, index) => {
    if (activation > (peak === null ? 0 : activations[peak]!)) peak = index;
  });
  return peak;
}
