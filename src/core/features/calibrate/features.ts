import { uniformNumbers } from '../../maths/random.js';
import type { EvidenceExample } from '../../report/evidence.js';
import { peakOf } from '../label/words.js';

/** A feature that a calibration is made by. */
export interface CalibrationFeature {
  feature: number;
  maximum: number;
  /** Best first; words at the peaks of every other one are what the judge knows. */
  examples: readonly EvidenceExample[];
}

/** What is known of a feature in a corpus. */
interface KnownFeature {
  feature: number;
  density: number;
  max: number;
  examples: readonly EvidenceExample[];
}

/** Features that say when they fire: neither nearly silent nor common, and strong in all their top examples. */
const DENSITY = [2e-4, 1e-2] as const;
const LEAST_PEAK = 0.35;
const TOP_EXAMPLES = 10;
/** Fewer would leave the judge too few words. */
export const LEAST_EXAMPLES = 8;

/**
 * Draws features that a calibration may be judged by.
 *
 * @param known all features of an SAE
 * @param count how many, where there are as many
 */
export function drawFeatures(
  known: Iterable<KnownFeature>,
  count: number,
  seed: number,
): CalibrationFeature[] {
  const uniform = uniformNumbers(seed);
  const eligible: (CalibrationFeature & { order: number })[] = [];
  for (const { feature, density, max, examples } of known) {
    const order = uniform();
    const top = examples.slice(0, TOP_EXAMPLES);
    const [rarest, commonest] = DENSITY;
    const isStrong = top.every(({ activations }) => Math.max(...activations) > LEAST_PEAK * max);
    if (density < rarest || density > commonest || top.length < LEAST_EXAMPLES || !isStrong) continue;
    eligible.push({ feature, maximum: max, examples: top, order });
  }
  return eligible
    .sort((a, b) => a.order - b.order)
    .slice(0, count)
    .map(({ order: _, ...feature }) => feature);
}

/** Words at the peaks of every other example, which nothing that is said was chosen by. */
export function heldOutWords(examples: readonly EvidenceExample[]): string[] {
  const heldOut = examples.filter((_, i) => i % 2 === 1);
  return [...new Set(heldOut.flatMap((example) => peakOf(example)?.word ?? []))];
}
