import type { GhostSetting } from '../../report/parameters.js';

/** Scales that are tried in the residual stream, in its typical distances. */
const SCALES = [1, 1.6, 2.5] as const;
/** Blocks that are tried, as shares of the model's depth. */
const DEPTHS = [0, 1 / 15, 2 / 15, 1 / 5, 1 / 3] as const;

/**
 * The settings that a calibration tries: far out in the embedding space, early blocks at a few scales, and the learned
 * ghost where there is one.
 *
 * @param blocks how many blocks the model has
 */
export function calibrationGrid(blocks: number, hasLearned: boolean): GhostSetting[] {
  const places = new Set(DEPTHS.map((share) => Math.round(share * blocks)).filter((at) => at < blocks - 1));
  return [
    ...(hasLearned ? [{ at: 'learned', scale: 1 } as const] : []),
    { at: 'input', scale: 10 },
    ...[...places].flatMap((at) => SCALES.map((scale) => ({ at, scale }))),
  ];
}
