/** How numbers are written, the same in pictures, alt texts and chats. */
export { counted, formatCount } from './units.js';

/** A probability (0..1) as a percentage with two significant digits: `31%`, `0.35%`, `0.0052%`. */
export function formatProbability(probability: number): string {
  const percent = probability * 100;
  if (!(percent > 0)) return '0%';
  if (percent >= 99.5) return percent >= 99.95 ? '100%' : `${percent.toFixed(1)}%`;
  if (percent >= 10) return `${percent.toFixed(0)}%`;
  if (percent < 1e-4) return `${percent.toExponential(0)}%`;
  return `${Number(percent.toPrecision(2))}%`;
}

/** A cutoff as people type it: `5e-5`, `0.002`. */
export function formatCutoff(cutoff: number): string {
  const rounded = Number(cutoff.toPrecision(2));
  return rounded !== 0 && rounded < 1e-3 ? rounded.toExponential() : String(rounded);
}

/** A length or factor with at most three significant digits: `3.8`, `0.66`. */
export function formatLength(length: number): string {
  return String(Number(length.toPrecision(3)));
}

/** A factor with two significant digits, for columns of them: `0.13`, `1.3`. */
export function formatFactor(factor: number): string {
  return String(Number(factor.toPrecision(2)));
}
