/** What of a long text is shown: its tokens around the peak. */
import type { ShadedTokens } from './shadedText.js';

/**
 * @param before most tokens shown before the peak
 * @param after most tokens shown behind it
 */
export function aroundPeak(
  { tokens, activations }: { tokens: readonly string[]; activations: readonly number[] },
  { before, after }: { before: number; after: number },
): ShadedTokens {
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
