import { uniformNumbers } from '../../src/core/maths/random.js';

/** Which half of the features a number was chosen on, and which it is reported on. */
export type Half = 'tuning' | 'held-out';

/** The half that a feature belongs to: fixed by its number, the same in every evaluation. */
export function halfOf(feature: number): Half {
  return uniformNumbers(feature * 7919 + 1)() < 0.5 ? 'tuning' : 'held-out';
}

/** A seeded sample without repetition, in the order drawn; all of them when there are fewer. */
export function sample<T>(values: readonly T[], count: number, seed: number): T[] {
  const uniform = uniformNumbers(seed);
  const rest = [...values];
  const drawn: T[] = [];
  while (drawn.length < count && rest.length > 0) {
    const index = Math.floor(uniform() * rest.length);
    drawn.push(rest[index]!);
    rest[index] = rest.at(-1)!;
    rest.pop();
  }
  return drawn;
}
