import { uniformNumbers } from '../src/core/features/random.js';

export { uniformNumbers };

/** Seeded normal deviates: the Box-Muller transform. */
export function gaussian(seed: number): () => number {
  const uniform = uniformNumbers(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}
