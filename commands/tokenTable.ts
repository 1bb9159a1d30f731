import { visibleToken } from '../renderers/text/visibleToken.js';
import type { FeatureReport } from '../src/core/index.js';
import type { Reply } from './command.js';
import { markedContext } from './hybridLine.js';

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
