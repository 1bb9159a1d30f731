import type { Calibration } from '../../model/model.js';
import type { GhostSetting, ParameterValues } from '../../report/parameters.js';

/** Scales that are tried at a place of which nothing was measured. */
const SCALES = { input: [1, 4, 10], stream: [1, 2] } as const;

/** Blocks after which ghosts of a model that was not calibrated are put. */
const BLOCKS = [2, 4] as const;

/**
 * The settings that are tried for a question: the one that it names, else those that were calibrated, else a few that
 * spoke in more than one model.
 *
 * @param blocks how many blocks the model has
 */
export function settingsFor(
  { at, scale }: Pick<ParameterValues, 'at' | 'scale'>,
  calibration: Calibration | undefined,
  blocks: number,
): (Omit<GhostSetting, 'at'> & { at: Exclude<ParameterValues['at'], 'best'> })[] {
  if (at === 'best') {
    const fixed = typeof scale === 'number' ? scale : scale === 'auto' ? 1 : undefined;
    const settings = calibration?.settings ?? guesses(blocks);
    if (fixed === undefined) return [...settings];
    return [...new Set(settings.map((setting) => setting.at))].map((place) => ({ at: place, scale: fixed }));
  }
  if (scale === 'auto') return [{ at, scale: 1 }];
  if (typeof scale === 'number') return [{ at, scale }];
  const measured = calibration?.settings.filter((setting) => setting.at === at) ?? [];
  if (measured.length > 0) return [...measured];
  if (at === 'learned') return [{ at, scale: 1 }];
  return SCALES[at === 'input' ? 'input' : 'stream'].map((each) => ({ at, scale: each }));
}

/** For a model that was not calibrated. */
function guesses(blocks: number): GhostSetting[] {
  return [
    ...SCALES.input.map((scale) => ({ at: 'input', scale }) as const),
    // What stands after the last block is read by no other token.
    ...BLOCKS.filter((at) => at < blocks - 1).flatMap((at) => SCALES.stream.map((scale) => ({ at, scale }))),
  ];
}

/** Where what the model holds at firing places is put: in the stream, which it is of, where that is tried at all. */
export function firingSetting<Setting extends GhostSetting>(settings: readonly Setting[]): Setting {
  return settings.find(({ at }) => typeof at === 'number') ?? settings[0]!;
}
