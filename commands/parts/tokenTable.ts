import type { FeatureReport } from '../../src/core/index.js';
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
