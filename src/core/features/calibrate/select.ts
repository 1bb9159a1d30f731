import type { SpokenDefinition } from '../../report/feature.js';
import type { GhostSetting } from '../../report/parameters.js';
import { shareBeaten } from './judge.js';

/** Most settings that a question tries. */
const MOST_SETTINGS = 6;
/** Least that another setting must add to the mean share. */
const LEAST_GAIN = 0.003;
/** Definitions that count as what is said. */
const SAID = 3;
/** From which mean share on features count as truly spoken of, and least features to tell by. */
const TRUE_SHARE = 0.9;
const LEAST_FEATURES = 8;

/** What was said of one feature at all settings, what activates it most first, each with its scores for all lists of words. */
export interface JudgedFeature {
  definitions: readonly (SpokenDefinition & { scores: readonly number[] })[];
}

export const sameSetting = (one: GhostSetting, other: GhostSetting) =>
  one.at === other.at && one.scale === other.scale;

/** For each feature, how many others it beats by what is said of it at some settings. */
export function sharesAt(features: readonly JudgedFeature[], settings: readonly GhostSetting[]): number[] {
  return shareBeaten(
    features.map(({ definitions }) => {
      const said = definitions
        .filter((each) => settings.some((one) => sameSetting(one, each)))
        .slice(0, SAID);
      const lists = features.map((_, list) => said.reduce((sum, { scores }) => sum + scores[list]!, 0));
      return lists.map((sum) => sum / Math.max(1, said.length));
    }),
  );
}

/**
 * Settings that speak truly of different features: the best one, then, as long as it helps, the one that adds most.
 *
 * @param grid at least one
 */
export function selectSettings(
  features: readonly JudgedFeature[],
  grid: readonly GhostSetting[],
): GhostSetting[] {
  const chosen: GhostSetting[] = [];
  let best = 0;
  while (chosen.length < Math.min(MOST_SETTINGS, grid.length)) {
    const left = grid.filter((setting) => !chosen.some((one) => sameSetting(one, setting)));
    const means = left.map((setting) => mean(sharesAt(features, [...chosen, setting])));
    const most = Math.max(...means);
    if (chosen.length > 0 && most < best + LEAST_GAIN) break;
    best = most;
    chosen.push(left[means.indexOf(most)]!);
  }
  return chosen;
}

/**
 * The least share of its maximum, in steps of 0.05, such that the features whose definitions activate them that much beat
 * `TRUE_SHARE` of the others; undefined where no share does.
 */
export function truthThreshold(readBacks: readonly number[], shares: readonly number[]): number | undefined {
  for (let step = 1; step <= 18; step++) {
    const threshold = step / 20;
    const above = shares.filter((_, i) => readBacks[i]! >= threshold);
    if (above.length < LEAST_FEATURES) return undefined;
    if (mean(above) >= TRUE_SHARE) return threshold;
  }
  return undefined;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
