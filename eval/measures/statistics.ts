import { uniformNumbers } from '../../src/core/maths/random.js';

const RESAMPLES = 2000;

/** A mean with the bounds between which 95 % of the means of resampled data lie. */
export interface Estimate {
  mean: number;
  low: number;
  high: number;
  /** Number of values. */
  count: number;
}

/** Mean and 95 % confidence interval by the percentile bootstrap (Efron 1979), seeded. */
export function estimate(values: readonly number[]): Estimate {
  const uniform = uniformNumbers(1);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(uniform() * values.length)]!;
    return sum / values.length;
  }).sort();
  return {
    mean: mean(values),
    low: means[Math.floor(0.025 * RESAMPLES)]!,
    high: means[Math.ceil(0.975 * RESAMPLES) - 1]!,
    count: values.length,
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** As tables have it: `0.412 [0.388, 0.437]`. */
export function written({ mean: value, low, high }: Estimate, digits = 3): string {
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}
