/** What a model says of a feature, as replies and pictures show it. Pure. */
import type { SpokenDefinition } from '../../src/core/report/feature.js';
import { formatProbability } from '../../src/text/numbers.js';

/** Most definitions that are shown of those on which the feature is silent: they are guesses. */
const MOST_SILENT = 2;

/**
 * What is shown of what the model says: in the order of the report, which is the one that was judged (docs/evaluation.md).
 *
 * @param definitions what activates the feature most first, variations of earlier ones last
 */
export function shownDefinitions(definitions: readonly SpokenDefinition[], most: number): SpokenDefinition[] {
  const active = definitions.filter(({ activation }) => activation > 0);
  const silent = definitions.filter(({ activation }) => activation <= 0);
  return [...active, ...silent.slice(0, MOST_SILENT)].slice(0, most);
}

/**
 * How active the feature is on a definition.
 *
 * @param maximum the feature's largest known activation
 * @returns the share of the maximum, 0..1, undefined where that is not known; and the same as a text
 */
export function activeShare(
  { activation, readBack }: SpokenDefinition,
  maximum: number | undefined,
): { share: number | undefined; text: string } {
  if (activation <= 0) return { share: 0, text: 'silent' };
  const share = readBack ?? (maximum ? activation / maximum : undefined);
  if (share === undefined) return { share, text: 'active' };
  return { share: Math.min(1, share), text: formatProbability(Math.min(1, share)) };
}
