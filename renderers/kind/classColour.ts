import type { KindClass } from '../../src/core/report/kind.js';
import type { Theme } from '../sheet/theme.js';

/** The colour in which a class is drawn: promoted and suppressed ends as in the histogram of one feature. */
export function classColour(name: KindClass, theme: Theme): string {
  return {
    prediction: theme.accent,
    suppression: theme.other,
    partition: theme.ink,
    none: theme.branch,
  }[name];
}
