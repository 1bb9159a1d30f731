import type { SpokenDefinition } from '../../report/feature.js';
import type { GhostSetting } from '../../report/parameters.js';
import { shareBeaten } from './judge.js';

/** Most settings that a question tries. */
const MOST_SETTINGS = 6;
/** Least that another setting must add to the mean merit. */
const LEAST_GAIN = 0.002;
/** The share of its maximum at which more activation of a feature is no merit. */
const ENOUGH = 0.5;
/** Definitions that count as what is said. */
const SAID = 3;
/** From which share on a feature counts as truly spoken of, and the least mean share of those that read back. */
const TRUE_SHARE = 0.9;
/** Least features to tell by. */
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
      const judged = definitions
        .filter((each) => settings.some((one) => sameSetting(one, each)))
        .slice(0, SAID);
      const lists = features.map((_, list) => judged.reduce((sum, { scores }) => sum + scores[list]!, 0));
      return lists.map((sum) => sum / Math.max(1, judged.length));
    }),
  );
}

/** The largest share of its maximum that anything said at some settings gives each feature. */
export function readBackAt(features: readonly JudgedFeature[], settings: readonly GhostSetting[]): number[] {
  return features.map(({ definitions }) => {
    const spoken = definitions.filter((each) => settings.some((one) => sameSetting(one, each)));
    return Math.max(0, ...spoken.map(({ readBack }) => readBack ?? 0));
  });
}

/**
 * Settings that speak truly of different features: the best one, then, as long as it helps, the one that adds most. The
 * merit of settings is, for each feature, the share of others that it beats and how active it is on what is said, up to
 * half of its maximum, in equal parts.
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
    const means = left.map((setting) => meritOf(features, [...chosen, setting]));
    const most = Math.max(...means);
    if (chosen.length > 0 && most < best + LEAST_GAIN) break;
    best = most;
    chosen.push(left[means.indexOf(most)]!);
  }
  return chosen;
}

/**
 * Settings in the order in which they are believed where nothing that is said activates a feature: by the share of others
 * that such features beat at each alone.
 *
 * @param isSilent of each feature, whether it is one of them; where none is, all count
 */
export function orderForSilent(
  features: readonly JudgedFeature[],
  settings: readonly GhostSetting[],
  isSilent: readonly boolean[],
): GhostSetting[] {
  const counts = (i: number) => isSilent[i] || !isSilent.includes(true);
  const worth = settings.map((setting) => mean(sharesAt(features, [setting]).filter((_, i) => counts(i))));
  return settings.toSorted((a, b) => worth[settings.indexOf(b)]! - worth[settings.indexOf(a)]!);
}

function meritOf(features: readonly JudgedFeature[], settings: readonly GhostSetting[]): number {
  const active = readBackAt(features, settings).map((readBack) => Math.min(1, readBack / ENOUGH));
  return (mean(sharesAt(features, settings)) + mean(active)) / 2;
}

/**
 * The share of its maximum, in steps of 0.05, that best tells the features that beat `TRUE_SHARE` of the others from the
 * rest (fewest on the wrong side; of equal ones the largest), or the next larger one of which the features above it beat
 * as many in the mean; undefined where there is none.
 */
export function truthThreshold(readBacks: readonly number[], shares: readonly number[]): number | undefined {
  const thresholds = Array.from({ length: 19 }, (_, step) => (step + 1) / 20);
  const wrong = thresholds.map(
    (threshold) => shares.filter((share, i) => share >= TRUE_SHARE !== readBacks[i]! >= threshold).length,
  );
  const best = thresholds[wrong.lastIndexOf(Math.min(...wrong))]!;
  return thresholds.find((threshold) => {
    const above = shares.filter((_, i) => readBacks[i]! >= threshold);
    return threshold >= best && above.length >= LEAST_FEATURES && mean(above) >= TRUE_SHARE;
  });
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
