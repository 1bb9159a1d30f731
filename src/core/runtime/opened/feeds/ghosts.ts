import { type Batch, GHOST } from '../../../model/ports.js';
import type { Feed } from '../../session/index.js';
import { float32, int64 } from './index.js';

const NOTHING = new Float32Array(0);

/** What `ghostInputs` declares: ghosts that replace the residual stream after a block, or none. */
export function ghostFeeds(
  { rows, ghosts, ghostsAfter }: Pick<Batch, 'rows' | 'ghosts' | 'ghostsAfter'>,
  layers: number,
  width: number,
): Record<string, Feed> {
  const at = new Array<number>(layers + 1).fill(0);
  const isThere = rows.map(({ token }) => token <= GHOST);
  if (!ghostsAfter || !isThere.includes(true)) {
    return {
      'ghosts.at': int64(at, at.length),
      'ghosts.rows': float32(NOTHING, 0, 1),
      'ghosts.vectors': float32(NOTHING, 0, width),
    };
  }
  at[ghostsAfter.block + 1] = 1;
  const vectors = new Float32Array(rows.length * width);
  rows.forEach(({ token }, row) => {
    if (isThere[row]) vectors.set(ghosts[GHOST - token]!, row * width);
  });
  return {
    'ghosts.at': int64(at, at.length),
    'ghosts.rows': float32(Float32Array.from(isThere, Number), rows.length, 1),
    'ghosts.vectors': float32(vectors, rows.length, width),
  };
}
