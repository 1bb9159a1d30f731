import type { ScalePoint } from '../../src/core/report/sweep.js';

/** Neighbouring scales, from index to index, whose leading definition is the same. */
export interface ScaleRun {
  first: number;
  last: number;
}

/** Smallest scales first. */
export function scaleRuns(points: readonly ScalePoint[]): ScaleRun[] {
  const runs: ScaleRun[] = [];
  points.forEach(({ definitions }, index) => {
    const run = runs.at(-1);
    const same = run && points[run.last]!.definitions[0]?.text === definitions[0]?.text;
    if (same) run.last = index;
    else runs.push({ first: index, last: index });
  });
  return runs;
}
