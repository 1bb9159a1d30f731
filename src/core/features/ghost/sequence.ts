import type { Row } from '../../model/ports.js';

/**
 * A whole sequence as rows of a batch, each seeing the ones before it.
 *
 * @param first index of its first row in the batch; sequences that stand in one batch do not see each other
 */
export function sequenceRows(ids: readonly number[], first = 0): Row[] {
  return ids.map((token, position) => ({
    token,
    position,
    ancestors: [],
    peers: Array.from({ length: position }, (_, earlier) => first + earlier),
  }));
}
