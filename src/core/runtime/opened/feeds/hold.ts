import type { Hold, Row } from '../../../model/ports.js';
import type { Feed } from '../../session/index.js';
import { float32, int64 } from './index.js';

const NOTHING = new Float32Array(0);

/** What `holdInputs` declares: a feature that is held in the rows from a position on, or none. */
export function holdFeeds(
  hold: Hold | undefined,
  rows: readonly Row[],
  layers: number,
): Record<string, Feed> {
  const at = new Array<number>(layers + 1).fill(0);
  if (!hold) {
    return {
      'hold.at': int64(at, at.length),
      'hold.rows': float32(NOTHING, 0, 1),
      'hold.encoder': float32(NOTHING, 0, 1),
      'hold.decoder': float32(NOTHING, 1, 0),
      'hold.numbers': float32(NOTHING, 0),
    };
  }
  at[placeOf(hold.hook)] = 1;
  const { decoder, target, activation, from } = hold;
  const width = decoder.length;
  // Without an activation that counts, one that is always 0.
  const { encoder, bias, threshold, gain, offset } = activation ?? {
    encoder: new Float32Array(width),
    bias: 0,
    threshold: 0,
    gain: 0,
    offset: 0,
  };
  const inRows = Float32Array.from(rows, ({ position }) => (position >= from ? 1 : 0));
  return {
    'hold.at': int64(at, at.length),
    'hold.rows': float32(inRows, rows.length, 1),
    'hold.encoder': float32(encoder, width, 1),
    'hold.decoder': float32(decoder, 1, width),
    'hold.numbers': float32(Float32Array.of(bias, threshold, gain, offset, target), 5),
  };
}

/** The place of the residual stream that a hook point names: see `HoldAt`. */
function placeOf(hook: string): number {
  const [, layer, end] = /^blocks\.(\d+)\.hook_resid_(pre|post)$/.exec(hook)!;
  return Number(layer) + (end === 'post' ? 1 : 0);
}
