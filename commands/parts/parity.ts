import type { SaeParity } from '../../src/core/index.js';
import { formatLength } from '../../src/text/numbers.js';

/** What a reader must know about the SAE behind an answer. */
export function parityTexts({ status, l0, explainedVariance, expected, note }: SaeParity): string[] {
  const measured = `L0 ${formatLength(l0)}, explained variance ${formatLength(explainedVariance)}`;
  const line = {
    verified: `SAE verified: ${measured}`,
    unknown: `SAE unverified, nothing to compare with: ${measured}`,
    unverified: `SAE unverified: ${measured}; expected ${rangesOf(expected)}: treat this feature's activations with care`,
  }[status];
  return note ? [line, note] : [line];
}

/** The same only where it warns of something. */
export function parityWarnings(parity: SaeParity): string[] {
  if (parity.status === 'unverified') return parityTexts(parity);
  return parity.note ? [parity.note] : [];
}

function rangesOf(expected: SaeParity['expected']): string {
  const wanted = [
    expected?.l0 && `L0 ${range(expected.l0)}`,
    expected?.explainedVariance && `explained variance ${range(expected.explainedVariance)}`,
  ];
  return wanted.filter(Boolean).join(', ');
}

function range([low, high]: [number, number]): string {
  return `${formatLength(low)} to ${formatLength(high)}`;
}
