import { formatLength } from '../renderers/numbers.js';
import type { SaeParity } from '../src/core/index.js';

/** What a reader must know of the SAE behind an answer: nothing where it was verified and needs no caution. */
export function parityLines({ status, l0, explainedVariance, expected, note }: SaeParity): string[] {
  const lines: string[] = [];
  if (status === 'unverified') {
    const wanted = [
      expected?.l0 && `L0 ${range(expected.l0)}`,
      expected?.explainedVariance && `explained variance ${range(expected.explainedVariance)}`,
    ];
    lines.push(
      `unverified: this SAE has L0 ${formatLength(l0)}, explained variance ${formatLength(explainedVariance)}; expected ${wanted.filter(Boolean).join(', ')}: treat this feature's activations with care`,
    );
  }
  return note ? [...lines, note] : lines;
}

function range([low, high]: [number, number]): string {
  return `${formatLength(low)} to ${formatLength(high)}`;
}
