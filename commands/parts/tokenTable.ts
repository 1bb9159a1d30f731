import { isAtChance } from '../../renderers/text/trueTokens.js';
import type { FeatureReport, ParameterValues } from '../../src/core/index.js';
import { formatProbability } from '../../src/text/numbers.js';
import { visibleToken } from '../../src/text/visibleToken.js';
import type { Reply } from '../line/command.js';
import { markedContext } from './hybrid.js';

/** The token list of a feature as the table below an answer. */
export function tokenTable({ tokens, hybrid }: FeatureReport): Pick<Reply, 'tokens' | 'ranking'> {
  return {
    tokens: tokens.map(({ rank, token, score, activation, context }) => ({
      rank,
      text: visibleToken(token),
      score: activation ?? score,
      ...(context && { context: markedContext(context, token) }),
    })),
    ...(hybrid && { ranking: 'activation' }),
  };
}

/** Tokens of a list in one line. */
const IN_A_LINE = 12;

/**
 * A list of nearest tokens that tells nothing of the features of its hook point, in one line with what it is worth.
 *
 * @param defaults a list of another length than the default one was asked for: it stands there whole
 * @returns undefined where the list is worth its room, or nobody has measured that
 */
export function listInALine(
  { tokens, listTruth, parameters }: FeatureReport,
  defaults: Pick<ParameterValues, 'tokens'>,
): string | undefined {
  if (!listTruth || !isAtChance(listTruth) || parameters.tokens !== defaults.tokens) return undefined;
  const shown = tokens.slice(0, IN_A_LINE).map(({ token }) => visibleToken(token));
  return `Nearest tokens (at this layer such lists tell a feature from ${formatProbability(listTruth.share)} of the others, 50% is chance; tokens=50 shows scores): ${shown.join(' ')}`;
}
