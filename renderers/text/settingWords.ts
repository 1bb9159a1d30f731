/** Where a ghost stands, and how far from the mean of that place, in words. */
import type { GhostSummary } from '../../src/core/report/feature.js';
import type { GhostSetting } from '../../src/core/report/parameters.js';
import { formatLength } from '../../src/text/numbers.js';

/** `after block 2 at 1.4 × typical distance`, `at the input embedding at 4 × mean token distance`, `as learned`. */
export function settingWords({ at, scale }: GhostSetting): string {
  const times = formatLength(scale);
  if (at === 'input') return `at the input at ${times} × mean token distance`;
  if (at === 'learned') return scale === 1 ? 'as learned' : `as learned, ${times} × its scale`;
  return `after block ${at} at ${times} × typical distance`;
}

/** What a scale of 1 stands for. */
export function unitWords({ at }: Pick<GhostSetting, 'at'>, { unit }: Pick<GhostSummary, 'unit'>): string {
  const names = { input: 'mean token distance', learned: 'learned scale' } as const;
  return `${typeof at === 'number' ? `typical distance after block ${at}` : names[at]} ${formatLength(unit)}`;
}

/** The place alone: `block 2`, `input`, `learned`. */
export function shortPlace({ at }: Pick<GhostSetting, 'at'>): string {
  return typeof at === 'number' ? `block ${at}` : at;
}
