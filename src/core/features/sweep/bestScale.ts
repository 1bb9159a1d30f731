import type { ParameterValues } from '../../report/parameters.js';
import type { ChosenScale, Criterion, ScalePoint } from '../../report/sweep.js';

/** A scale of the grid. */
type Scale = Pick<ScalePoint, 'scale' | 'relative'>;

/** How a scale is chosen: by which criterion, and at which share of its largest value. */
export interface ScaleRule<Name extends Criterion = Criterion> {
  criterion: Name;
  /** The smallest scale counts at which the smoothed criterion reaches this share of its maximum. */
  share: number;
  /** Scale in units of the mean token distance where the criterion is 0 everywhere. */
  fallback: number;
}

/** What chose best on the tuning half of the embedded model's features: `npm run eval scale`. */
export const SCALE_RULES: Readonly<Record<ParameterValues['weights'], ScaleRule<'readBack'>>> = {
  encoder: { criterion: 'readBack', share: 1, fallback: 1 },
  decoder: { criterion: 'readBack', share: 1, fallback: 1 },
  firing: { criterion: 'readBack', share: 1, fallback: 1 },
};

/**
 * The scale at which a feature speaks best by one criterion. Among equal scales the smallest is taken, so that equal
 * measurements give equal choices.
 *
 * @param points of one feature, smallest scale first, at least one
 */
export function bestScale<Name extends Criterion>(
  points: readonly (Scale & Pick<ScalePoint, Name>)[],
  rule: ScaleRule<Name>,
): ChosenScale {
  const measured: number[] = points.map((point) => point[rule.criterion]);
  // Little entropy says much: what counts is how far it falls.
  const most = Math.max(...measured);
  const values = smoothed(rule.criterion === 'entropy' ? measured.map((value) => most - value) : measured);
  const largest = Math.max(...values);
  const canTell = largest > 0;
  const index = canTell
    ? values.findIndex((value) => value >= rule.share * largest)
    : nearest(points, rule.fallback);
  const { scale, relative } = points[index]!;
  return { index, scale, relative, criterion: canTell ? rule.criterion : 'fallback' };
}

/** Weights of a value and of its neighbours: a single lucky definition makes no best scale. */
const WEIGHTS = [1, 2, 1];

/** Weighted means over three neighbouring values; beyond the ends the last value stands. */
function smoothed(values: readonly number[]): number[] {
  const total = WEIGHTS.reduce((sum, weight) => sum + weight, 0);
  return values.map((_, i) => {
    const around = WEIGHTS.map((weight, k) => {
      const at = Math.min(values.length - 1, Math.max(0, i + k - 1));
      return weight * values[at]!;
    });
    return around.reduce((sum, value) => sum + value, 0) / total;
  });
}

/** Index of the scale nearest to one in units of the mean token distance. */
function nearest(points: readonly Scale[], relative: number): number {
  const distances = points.map((point) => Math.abs(Math.log(point.relative / relative)));
  return distances.indexOf(Math.min(...distances));
}
