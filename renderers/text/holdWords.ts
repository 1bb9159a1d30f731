import type { HoldSummary, HoldUnit } from '../../src/core/report/feature.js';
import { formatLength } from '../../src/text/numbers.js';

const UNITS: Record<HoldUnit, string> = {
  corpus: 'the largest seen in the corpus',
  texts: 'the largest on a fixed text and its own definitions',
  typical: 'a typical largest of this SAE, as it was silent on all that was read',
};

/** Of definitions this many times as surprising as those of the unheld ghost, text falls apart (docs/evaluation.md). */
const FALLS_APART = 4;

/** How a feature was held while its definitions were grown, and whether that was too much. */
export function heldSentence(hold: HoldSummary): string {
  const warning = holdWarning(hold);
  return `Grown with ${holdWords(hold)}, from the ghost on.${warning === undefined ? '' : ` ${warning}`}`;
}

/** A warning where a feature was held so strongly that what the model says is hardly text any more. */
export function holdWarning({ perplexity }: HoldSummary): string | undefined {
  if (!perplexity || perplexity.held < FALLS_APART * perplexity.unheld) return undefined;
  return `At this strength text falls apart: its perplexity is ${formatLength(perplexity.held)}, unheld ${formatLength(perplexity.unheld)}. Hold it less strongly.`;
}

/** How a feature was held, with the absolute number: `clamp 4 = activation 348, 4 × 87, the largest seen in the corpus`. */
export function holdWords({ by, strength, activation, unit, unitFrom }: HoldSummary): string {
  const what =
    by === 'clamp' ? `activation ${formatLength(activation)}` : `${formatLength(activation)} × W_dec`;
  return `${by} ${formatLength(strength)} = ${what}, ${formatLength(strength)} × ${formatLength(unit)}, ${UNITS[unitFrom]}`;
}
