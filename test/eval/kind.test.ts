import { expect, test } from 'vitest';
import { rankCorrelation, spearman } from '../../eval/measures/rankCorrelation.js';

test('Spearman’s correlation by hand, ties at their mean rank', () => {
  expect(
    spearman([
      [1, 10],
      [2, 200],
      [3, 3000],
    ]),
  ).toBeCloseTo(1);
  // Ranks 0, 1.5, 1.5, 3 against 3, 2, 1, 0.
  expect(
    spearman([
      [1, 9],
      [2, 8],
      [2, 7],
      [3, 6],
    ]),
  ).toBeCloseTo(-4.5 / Math.sqrt(4.5 * 5));
  expect(
    spearman([
      [1, 1],
      [1, 2],
    ]),
  ).toBe(0);
});

test('the interval of a correlation holds it', () => {
  const { mean, low, high } = rankCorrelation(
    Array.from({ length: 50 }, (_, i): [number, number] => [i, i + 40 * ((i * 7) % 5)]),
  );
  expect(low).toBeLessThan(mean);
  expect(high).toBeGreaterThan(mean);
});
