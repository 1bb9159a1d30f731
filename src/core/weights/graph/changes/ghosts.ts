import type { GraphBuilder } from '../graph.js';
import { type Change, flags } from './hold.js';

/**
 * Inputs by which vectors replace the residual stream in some rows at one place: x <- x + rows * (vectors - x).
 *
 * `ghosts.at [places]` is 1 at that place. Where all are 0 none of this is computed, and `ghosts.rows [R, 1]` (1 in the
 * rows that are replaced, else 0) and `ghosts.vectors [R, width]` are not read.
 */
export function ghostInputs(graph: GraphBuilder, places: number, width: number): Change {
  const isAt = flags(graph, 'ghosts.at', places);
  const rows = graph.input('ghosts.rows', 'float32', ['G', 1]);
  const vectors = graph.input('ghosts.vectors', 'float32', ['G', width]);
  return { isAt, added: (stream) => graph.op('Mul', [rows, graph.op('Sub', [vectors, stream])]) };
}
