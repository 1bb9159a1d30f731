import { GHOST, type Row } from '../../model/ports.js';

/** Several ghosts in one prompt, as the rows of one batch. */
export interface GhostRows {
  rows: Row[];
  /** How many rows, the first ones, stand before the ghosts; all sequences share them. */
  before: number;
  /** Each ghost's own rows: the ghost and what follows it. */
  rowsOfGhosts: number[][];
}

/**
 * Lays out a prompt once for each of `count` ghosts. What stands before the ghost is computed once, because rows see
 * only what is before them.
 *
 * @param ids BOS, the text before, GHOST, the text after
 */
export function ghostRows(ids: readonly number[], count: number): GhostRows {
  const before = ids.indexOf(GHOST);
  const shared = Array.from({ length: before }, (_, row) => row);
  const rows: Row[] = shared.map((row) => ({
    token: ids[row]!,
    position: row,
    ancestors: [],
    peers: shared.slice(0, row),
  }));
  const rowsOfGhosts = Array.from({ length: count }, (_, ghost) => {
    const rowsOfGhost: number[] = [];
    for (let position = before; position < ids.length; position++) {
      const token = position === before ? GHOST - ghost : ids[position]!;
      rows.push({ token, position, ancestors: [], peers: [...shared, ...rowsOfGhost] });
      rowsOfGhost.push(rows.length - 1);
    }
    return rowsOfGhost;
  });
  return { rows, before, rowsOfGhosts };
}
