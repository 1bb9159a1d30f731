import type { HoldSummary, HoldUnit } from '../../src/core/report/feature.js';
import { formatLength } from '../../src/text/numbers.js';

const UNITS: Record<HoldUnit, string> = {
  corpus: 'the largest seen in the corpus',
  texts: 'the largest on a fixed text and its own definitions',
  typical: 'a typical largest of this SAE, as it was silent on all that was read',
};

/** How a feature was held, with the absolute number: `clamp 4 = activation 348, 4 × 87, the largest seen in the corpus`. */
export function holdWords({ by, strength, activation, unit, unitFrom }: HoldSummary): string {
  const what =
    by === 'clamp' ? `activation ${formatLength(activation)}` : `${formatLength(activation)} × W_dec`;
  return `${by} ${formatLength(strength)} = ${what}, ${formatLength(strength)} × ${formatLength(unit)}, ${UNITS[unitFrom]}`;
}
