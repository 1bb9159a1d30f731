import { inEveryBatch } from '../../model/inEveryBatch.js';
import type { FeatureSource, PromptTokens, RunningModel } from '../../model/model.js';
import { GHOST, type Hold, type LanguageModel } from '../../model/ports.js';
import { requireOneStrength } from '../../model/requirements.js';
import type { HoldSummary } from '../../report/feature.js';
import type { FeatureParameters } from '../../report/parameters.js';
import { activationUnit } from './unit.js';

type Strengths = Pick<FeatureParameters, 'clamp' | 'steer'>;

/** How a feature is held while its definition grows. */
export interface ResolvedHold {
  hold: Hold;
  summary: HoldSummary;
}

/**
 * How a feature is to be held: from the ghost's position on, since what stands before is the prompt's, not the
 * feature's.
 *
 * @param ghost the feature's ghost token, with which its maximum is measured where none is known
 * @param speaker the model that puts it in its place
 * @param onStep awaited with the share of the measurement that is done; throwing stops it
 * @returns undefined where neither is asked for
 * @throws {InputError} when both are, or the SAE's activations do not allow to clamp one feature
 */
export async function holdOf(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  strengths: Strengths,
  { prompt, ghost, speaker }: { prompt: PromptTokens; ghost: Float32Array; speaker: LanguageModel },
  onStep: (share: number) => Promise<void>,
): Promise<ResolvedHold | undefined> {
  requireOneStrength(strengths);
  const { clamp, steer } = strengths;
  const by = clamp === 'off' ? 'steer' : 'clamp';
  const strength = clamp === 'off' ? steer : clamp;
  if (strength === 'off') return undefined;
  // First, since it may throw.
  const activation = by === 'clamp' ? await source.activation(feature) : undefined;
  const decoder = await source.writing(feature);
  const { unit, from } = await activationUnit(model, source, feature, { prompt, ghost, speaker }, onStep);
  const target = strength * unit;
  return {
    hold: { hook: source.hook, from: prompt.ids.indexOf(GHOST), target, decoder, activation },
    summary: { by, strength, unit, unitFrom: from, activation: target },
  };
}

/** A model in which a feature is held in all that it computes. */
export function whileHeld(language: LanguageModel, hold: Hold): LanguageModel {
  return inEveryBatch(language, { hold });
}
