import { labelWords } from '../../renderers/text/verdictWords.js';
import type { NearFeature, NearFeatures } from '../../src/core/index.js';

/** Cosine below which a feature is no neighbour that is worth a word. */
const LEAST = 0.3;

/** `Near: 10/123 tourism (0.62) · 10/7 trip (0.41) · opposite: 10/9 home (-0.81)`; none where no feature is near. */
export function nearLine(near: NearFeatures | undefined, most: number): string[] {
  const named = (features: readonly NearFeature[] = []) => features.slice(0, most).map(nearName);
  const nearest = named(near?.nearest.filter(({ cosine }) => cosine >= LEAST));
  const opposite = named(near?.opposite.slice(0, 1));
  const parts = [...nearest, ...opposite.map((name) => `opposite: ${name}`)];
  return parts.length > 0 ? [`Near: ${parts.join(' · ')}`] : [];
}

/** `10/123 tourism (0.62)`. */
export function nearName({ layer, feature, cosine, label }: NearFeature): string {
  const words = label ? ` ${labelWords(label)}` : '';
  return `${layer}/${feature}${words} (${cosine.toFixed(2)})`;
}
