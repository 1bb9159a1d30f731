/** The list of tokens that tells what a feature is about, of those that a report has. Pure. */
import type { FeatureReport } from '../../src/core/report/feature.js';

export interface ShownToken {
  token: string;
  /** How strongly it belongs to the feature, 0..1: of the known maximum, or the cosine. */
  share: number;
  /** Whether it was put where it is most active, rather than found there. */
  isPut?: boolean;
}

export interface TrueTokens {
  heading: string;
  /** Whether shares are activations, else cosines. */
  isActivation: boolean;
  /** Best first; words that differ in outer spaces alone are one. */
  tokens: ShownToken[];
}

/**
 * The tokens nearest to the vector where such lists were measured to tell features apart at its layer, which they do not
 * where a model's embeddings and its residual stream share no basis (docs/evaluation.md); else tokens on which the
 * feature is seen to be active, tried or found in its examples; else the nearest for want of others.
 */
export function trueTokens(report: FeatureReport, most: number): TrueTokens {
  const { hybrid, tokens, evidence, listTruth } = report;
  const isNearTrue = listTruth !== undefined && !isAtChance(listTruth);
  const heard = hybrid || isNearTrue ? [] : firingTokens(evidence?.examples ?? []);
  if (hybrid || heard.length > 0) {
    const active = hybrid
      ? tokens.map(({ token, activation = 0, context }) => ({
          token,
          activation,
          isPut: context?.written === false,
        }))
      : heard;
    const largest = Math.max(evidence?.maximum ?? 0, ...active.map(({ activation }) => activation));
    return {
      heading: hybrid ? 'activating tokens' : 'active on the tokens',
      isActivation: true,
      tokens: merged(
        active.map(({ activation, ...entry }) => ({
          ...entry,
          share: largest > 0 ? activation / largest : 0,
        })),
        most,
      ),
    };
  }
  return { ...nearTokens(report, most), heading: 'nearest tokens' };
}

/** Whether lists of nearest tokens were measured at this layer to tell a feature from others no better than chance. */
export function isAtChance({ share, error }: NonNullable<FeatureReport['listTruth']>): boolean {
  return share - 2 * error <= 0.5;
}

/** The tokens nearest to the vector, with their cosines. */
export function nearTokens({ tokens }: FeatureReport, most: number): TrueTokens {
  const near = tokens.map(({ token, cosine }) => ({ token, share: Math.max(0, Math.min(1, cosine)) }));
  return { heading: 'nearest tokens', isActivation: false, tokens: merged(near, most) };
}

interface Example {
  tokens: readonly string[];
  activations: readonly number[];
}

function firingTokens(examples: readonly Example[]): { token: string; activation: number }[] {
  const largest = new Map<string, number>();
  for (const { tokens, activations } of examples)
    tokens.forEach((token, index) => {
      const activation = activations[index] ?? 0;
      if (activation > (largest.get(token) ?? 0)) largest.set(token, activation);
    });
  return [...largest]
    .map(([token, activation]) => ({ token, activation }))
    .sort((a, b) => b.activation - a.activation);
}

/** ` December` and `december` are one word to a reader. */
function merged(tokens: readonly ShownToken[], most: number): ShownToken[] {
  const first = new Map<string, ShownToken>();
  for (const entry of tokens) {
    const word = entry.token.trim() || entry.token;
    const key = word.toLowerCase();
    if (!first.has(key)) first.set(key, { ...entry, token: word });
    if (first.size === most) break;
  }
  return [...first.values()];
}
