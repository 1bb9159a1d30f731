/** Measures of probability distributions over the vocabulary, in bits. 0 log 0 is 0. */

export function entropy(p: Float32Array): number {
  let sum = 0;
  for (const value of p) if (value > 0) sum -= value * Math.log2(value);
  return sum;
}

/** Kullback-Leibler divergence sum p log2(p / q). Where q is 0 in float32, its smallest positive number stands in. */
export function divergence(p: Float32Array, q: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) {
    if (p[i]! > 0) sum += p[i]! * Math.log2(p[i]! / Math.max(q[i]!, SMALLEST));
  }
  return Math.max(0, sum);
}

/** Jensen-Shannon divergence (Lin 1991), 0 for equal distributions, 1 for those that share nothing. */
export function jensenShannon(p: Float32Array, q: Float32Array): number {
  const middle = p.map((value, i) => (value + q[i]!) / 2);
  return (divergence(p, middle) + divergence(q, middle)) / 2;
}

/** Smallest positive number of float32. */
const SMALLEST = 2 ** -149;

/** Mean of rows of a matrix [rows, size]. */
export function meanRow(matrix: Float32Array, rows: number): Float32Array {
  const size = matrix.length / rows;
  const mean = new Float32Array(size);
  for (let i = 0; i < matrix.length; i++) mean[i % size]! += matrix[i]! / rows;
  return mean;
}
