import type { FeatureSource, PromptTokens, RunningModel } from '../../model/model.js';
import type { SpokenDefinition } from '../../report/feature.js';
import type { ParameterValues } from '../../report/parameters.js';
import type { VerdictThresholds } from '../../report/verdict.js';
import type { GhostOptions } from '../ghost/ghost.js';
import { placeOf } from '../ghost/place.js';
import { type PlacedSetting, speak } from './index.js';
import { settingsFor } from './settings.js';

/** The setting at which a feature is shown, and what it says at all that were tried. */
export interface ChosenSetting {
  setting: PlacedSetting;
  /** How it was chosen, where there was a choice. */
  chosen?: 'readBack' | 'fallback';
  /** What activates the feature most first. */
  definitions: SpokenDefinition[];
  calibrated: boolean;
  thresholds: VerdictThresholds;
}

/** What the model says at firing places is true from there on, at each block of the embedded model (docs/evaluation.md). */
const FIRING = 0.5;
/** Where nothing was measured: what held for the embedded model. */
const THRESHOLDS: VerdictThresholds = { readsBack: 0.5, partly: 0.1, firing: FIRING };

/** What a question says of where and how far a ghost is put. */
export type SettingQuestion = Pick<ParameterValues, 'at' | 'scale'> &
  Omit<GhostOptions, 'scale'> & { prompt: PromptTokens };

/**
 * Tries the settings of a question, and takes the one at which the feature says what activates it most; where nothing
 * does, the first.
 *
 * @param onStep awaited after every batch with the share that is done; throwing stops the work
 * @throws {InputError} when the question names a place that the model does not have
 */
export async function chooseSetting(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  vector: Float32Array,
  question: SettingQuestion,
  onStep: (share: number) => Promise<void>,
): Promise<ChosenSetting> {
  const calibration = await model.calibration(source.hook);
  const settings = await placedSettings(model, source, question);
  const definitions = await speak(model, source, feature, vector, question, settings, onStep);
  const [leading] = definitions;
  const readsBack = leading !== undefined && leading.activation > 0;
  const setting =
    (readsBack && settings.find(({ at, scale }) => at === leading.at && scale === leading.scale)) ||
    settings[0]!;
  return {
    setting,
    definitions,
    calibrated: calibration !== undefined,
    thresholds: calibration
      ? {
          ...(calibration.readsBack !== undefined && { readsBack: calibration.readsBack }),
          partly: calibration.partly,
          firing: FIRING,
        }
      : THRESHOLDS,
    ...(settings.length > 1 && { chosen: readsBack ? 'readBack' : 'fallback' }),
  };
}

/** The settings that are tried for a question, at least one. @throws {InputError} when it names a place that is not there */
export async function placedSettings(
  model: RunningModel,
  source: FeatureSource,
  question: Pick<SettingQuestion, 'at' | 'scale' | 'pca'>,
): Promise<PlacedSetting[]> {
  const calibration = await model.calibration(source.hook);
  // The component that is mixed in is one of the embeddings.
  const at = question.at === 'best' && question.pca !== 0 ? 'input' : question.at;
  const settings: PlacedSetting[] = [];
  for (const { at: asked, scale } of settingsFor({ ...question, at }, calibration, model.blocks)) {
    const place = await placeOf(model, source, asked);
    settings.push({ at: place.at, scale, place });
  }
  return settings;
}
