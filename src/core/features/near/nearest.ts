import type { NearFeature, NearFeatures } from '../../report/near.js';
import { type Decoders, decoderCosines } from './cosines.js';

/** Cosine below which a feature counts as one that points the other way. */
export const OPPOSITE = -0.5;

/**
 * The features of an SAE whose decoder vectors are nearest to a direction of the residual stream, and those that point
 * most against it. All SAEs of a model write into one stream, so that the direction may come from another layer.
 *
 * @param layer of the SAE
 * @param direction [inputSize]
 * @param self the feature whose direction it is, which is left out
 * @param count most of each
 * @param onShare awaited with the share that is done; throwing stops the work
 */
export async function nearestFeatures(
  source: Decoders,
  layer: number,
  direction: Float32Array,
  self: { layer: number; feature: number },
  count: number,
  onShare: (share: number) => void | Promise<void> = () => {},
): Promise<NearFeatures> {
  const cosines = await decoderCosines(source, direction, onShare);
  const others = [...cosines.keys()].filter(
    (feature) => !(layer === self.layer && feature === self.feature) && Number.isFinite(cosines[feature]!),
  );
  others.sort((a, b) => cosines[b]! - cosines[a]! || a - b);
  const placed = (feature: number): NearFeature => ({ layer, feature, cosine: cosines[feature]! });
  const against = others.slice(-count).filter((feature) => cosines[feature]! < OPPOSITE);
  return { nearest: others.slice(0, count).map(placed), opposite: against.reverse().map(placed) };
}
