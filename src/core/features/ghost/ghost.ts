import type { EmbeddingTable } from '../../model/ports.js';
import { InputError } from '../../report/errors.js';
import type { GhostSummary } from '../../report/feature.js';

export interface GhostOptions {
  /** Distance from the centroid in the units of the embedding space; "auto" is the tokens' mean distance. */
  scale: number | 'auto';
  /** Whether the ghost is offset by the centroid. */
  centroid: boolean;
  /** Share of the first principal component of the embeddings, -1..1. */
  pca: number;
}

/**
 * Turns a feature's vector into a ghost token, a point of the embedding space:
 *
 *     direction = vector / |vector|
 *     mixed     = (1 - pca) * direction + pca * PC1      (not normalised again)
 *     ghost     = centroid + scale * mixed               (or scale * mixed with the offset off)
 *
 * @param vector the feature's encoder or decoder vector [hiddenSize]
 * @returns the ghost [hiddenSize], the scale that was used, and its summary for the report
 * @throws {InputError} when the vector is zero or not finite
 */
export async function makeGhost(
  vector: Float32Array,
  embeddings: EmbeddingTable,
  options: GhostOptions,
): Promise<{ ghost: Float32Array; scale: number; summary: GhostSummary }> {
  const norm = Math.hypot(...vector);
  if (!Number.isFinite(norm) || norm === 0) {
    throw new InputError(
      'This feature has no direction (its vector is zero or not finite): try the other weights or another feature.',
    );
  }
  const scale = options.scale === 'auto' ? embeddings.meanDistance : options.scale;
  const { pca } = options;
  const component = pca === 0 ? vector : await embeddings.principalComponent();
  const ghost = vector.map((value, i) => {
    const mixed = ((1 - pca) * value) / norm + pca * component[i]!;
    return scale * mixed + (options.centroid ? embeddings.centroid[i]! : 0);
  });
  return {
    ghost,
    scale,
    summary: {
      norm: Math.hypot(...ghost),
      distanceFromCentroid: Math.hypot(...ghost.map((value, i) => value - embeddings.centroid[i]!)),
      meanTokenDistance: embeddings.meanDistance,
    },
  };
}
