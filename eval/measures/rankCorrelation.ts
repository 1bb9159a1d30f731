import { uniformNumbers } from '../../src/core/maths/random.js';
import type { Estimate } from './statistics.js';

const RESAMPLES = 2000;

/** Spearman's rank correlation of pairs, ties at their mean rank; 95 % percentile bootstrap interval, seeded. */
export function rankCorrelation(pairs: readonly (readonly [number, number])[]): Estimate {
  const uniform = uniformNumbers(1);
  const resampled = Float64Array.from({ length: RESAMPLES }, () =>
    spearman(pairs.map(() => pairs[Math.floor(uniform() * pairs.length)]!)),
  ).sort();
  return {
    mean: spearman(pairs),
    low: resampled[Math.floor(0.025 * RESAMPLES)]!,
    high: resampled[Math.ceil(0.975 * RESAMPLES) - 1]!,
    count: pairs.length,
  };
}

/** -1..1; 0 where one side does not vary. */
export function spearman(pairs: readonly (readonly [number, number])[]): number {
  const one = ranks(pairs.map(([value]) => value));
  const other = ranks(pairs.map(([, value]) => value));
  const middle = (pairs.length - 1) / 2;
  let product = 0;
  let squares = 0;
  let otherSquares = 0;
  for (let i = 0; i < pairs.length; i++) {
    const [a, b] = [one[i]! - middle, other[i]! - middle];
    product += a * b;
    squares += a * a;
    otherSquares += b * b;
  }
  return squares * otherSquares === 0 ? 0 : product / Math.sqrt(squares * otherSquares);
}

function ranks(values: readonly number[]): Float64Array {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const ranked = new Float64Array(values.length);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last + 1 < order.length && values[order[last + 1]!] === values[order[first]!]) last++;
    for (let i = first; i <= last; i++) ranked[order[i]!] = (first + last) / 2;
    first = last + 1;
  }
  return ranked;
}
