import { InputError } from '../report/errors.js';
import type { FeatureParameters } from '../report/parameters.js';
import type { FeatureSource, PromptTokens, RunningModel } from './model.js';
import type { LanguageModel } from './ports.js';
import { tokenizePrompt } from './prompt.js';

/** @throws {InputError} when the SAE is of another model */
export function requireSameWidth(
  { release, hook, inputSize }: Pick<FeatureSource, 'release' | 'hook' | 'inputSize'>,
  { hiddenSize }: Pick<LanguageModel, 'hiddenSize'>,
): void {
  if (inputSize === hiddenSize) return;
  throw new InputError(
    `${hook} of ${release} has width ${inputSize}, the model ${hiddenSize}: they do not belong together.`,
  );
}

/**
 * The prompt in tokens.
 *
 * @throws {InputError} when it has no ghost, or leaves no room for an answer in the model's context
 */
export function requireReadable(
  { id, tokenizer, language }: Pick<RunningModel, 'id' | 'tokenizer' | 'language'>,
  { prompt, close }: Pick<FeatureParameters, 'prompt' | 'close'>,
): PromptTokens {
  const tokens = tokenizePrompt(prompt, tokenizer, close);
  if (tokens.ids.length < language.contextLength) return tokens;
  throw new InputError(
    `The prompt has ${tokens.ids.length} tokens and ${id} reads at most ${language.contextLength - 1}: shorten it.`,
  );
}

/** @throws {InputError} when a feature is to be clamped and steered at once */
export function requireOneStrength({ clamp, steer }: Pick<FeatureParameters, 'clamp' | 'steer'>): void {
  if (clamp === 'off' || steer === 'off') return;
  throw new InputError(
    `clamp=${clamp} and steer=${steer} exclude each other: give one of them, or set the other to off.`,
  );
}
