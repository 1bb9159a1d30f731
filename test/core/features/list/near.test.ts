import fc from 'fast-check';
import { expect, test } from 'vitest';
import { smallest } from '../../../../src/core/features/list/near.js';

test('the smallest values come first, equal ones by index', () => {
  expect(smallest(Float64Array.of(3, 1, 2, 1), 3)).toEqual([1, 3, 2]);
});

test('a list longer than the values holds them all', () => {
  expect(smallest(Float64Array.of(2, 1), 10)).toEqual([1, 0]);
});

test('the selection is what a full sort gives', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 30 }),
      (values, count) => {
        const sorted = [...values.keys()].sort((a, b) => values[a]! - values[b]! || a - b);
        expect(smallest(Float64Array.from(values), count)).toEqual(sorted.slice(0, count));
      },
    ),
  );
});
