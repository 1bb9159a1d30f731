/** Relative change of the direction below which power iteration has converged. */
const TOLERANCE = 1e-10;
const MAXIMUM_STEPS = 5000;

/**
 * First principal component of a table of rows, by power iteration on their covariance.
 *
 * @param moments sum over rows of row^T row [size, size]
 * @param mean mean row [size]
 * @param rows number of rows
 * @returns unit vector [size] whose component of largest size is positive
 */
export function principalComponent(moments: Float64Array, mean: Float32Array, rows: number): Float32Array {
  const size = mean.length;
  const covariance = Float64Array.from(moments, (moment, i) => {
    return moment / rows - mean[Math.floor(i / size)]! * mean[i % size]!;
  });
  // The column of the largest variance is never orthogonal to the component in practice, and is deterministic.
  let largest = 0;
  for (let i = 1; i < size; i++) {
    if (covariance[i * size + i]! > covariance[largest * size + largest]!) largest = i;
  }
  let vector = normalised(covariance.slice(largest * size, (largest + 1) * size));
  for (let step = 0; step < MAXIMUM_STEPS; step++) {
    const next = new Float64Array(size);
    for (let row = 0; row < size; row++) {
      let sum = 0;
      for (let column = 0; column < size; column++) sum += covariance[row * size + column]! * vector[column]!;
      next[row] = sum;
    }
    normalised(next);
    const change = Math.hypot(...next.map((value, i) => value - vector[i]!));
    vector = next;
    if (change < TOLERANCE) break;
  }
  const peak = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
  return Float32Array.from(vector, (value) => (peak < 0 ? -value : value));
}

/** Scales a vector to length 1, in place. */
function normalised(vector: Float64Array): Float64Array {
  const norm = Math.hypot(...vector) || 1;
  for (let i = 0; i < vector.length; i++) vector[i]! /= norm;
  return vector;
}
