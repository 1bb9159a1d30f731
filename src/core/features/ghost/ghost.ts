import { InputError } from '../../report/errors.js';
import type { GhostSummary } from '../../report/feature.js';
import type { Place } from './place.js';

export interface GhostOptions {
  /** Distance from the mean of the place, in its typical distances. */
  scale: number;
  /** Whether the ghost is offset by the mean of the place. */
  centroid: boolean;
  /** Share of the first principal component of the embeddings, -1..1. */
  pca: number;
}

/**
 * Turns a feature's vector into a ghost token, a point of the space in which it is put:
 *
 *     direction = vector / |vector|
 *     mixed     = (1 - pca) * direction + pca * PC1      (not normalised again)
 *     ghost     = mean + scale * unit * mixed            (or scale * unit * mixed with the offset off)
 *
 * @param vector the feature's encoder or decoder vector [hiddenSize]
 * @returns the ghost [hiddenSize], and its summary for the report
 * @throws {InputError} when the vector is zero or not finite, or `pca` is asked for where there is no such component
 */
export async function makeGhost(
  vector: Float32Array,
  place: Place,
  { scale, centroid, pca }: GhostOptions,
): Promise<{ ghost: Float32Array; summary: GhostSummary }> {
  const norm = Math.hypot(...vector);
  if (!Number.isFinite(norm) || norm === 0) {
    throw new InputError(
      'This feature has no direction (its vector is zero or not finite): try the other weights or another feature.',
    );
  }
  const { mean, unit } = place;
  if (pca !== 0 && !place.principalComponent)
    throw new InputError(`pca=${pca} mixes in a component of the token embeddings: ask with at=input, too.`);
  const component = pca === 0 ? vector : await place.principalComponent!();
  const ghost = vector.map((value, i) => {
    const mixed = ((1 - pca) * value) / norm + pca * component[i]!;
    return scale * unit * mixed + (centroid ? mean[i]! : 0);
  });
  return {
    ghost,
    summary: {
      ...(place.after && { block: place.after.block }),
      norm: Math.hypot(...ghost),
      distance: Math.hypot(...ghost.map((value, i) => value - mean[i]!)),
      unit,
    },
  };
}
