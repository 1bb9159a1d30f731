import type { Configuration } from '../../src/configuration/index.js';
import { InputError } from '../../src/core/index.js';
import {
  type FeatureAddress,
  LONGEST_ADDRESS,
  modelNamedIn,
  namesFeature,
  parseFeatureAddress,
} from '../line/address.js';

/**
 * Reads the words that name one feature, or two of the same model: `10 777`, `10 777 12 301`, `10/777 L12 F301`.
 *
 * @param withOption the value of `with=`, if given: the second feature
 * @param modelOption the value of `model=`, if given
 * @throws {InputError} when they name no feature, one that is not there, the same twice, or features of two models
 */
export function parseComparedFeatures(
  words: readonly string[],
  withOption: string | undefined,
  modelOption: string | undefined,
  configuration: Configuration,
): [FeatureAddress] | [FeatureAddress, FeatureAddress] {
  const cut = cutBetween(words);
  if (cut !== undefined && withOption !== undefined)
    throw new InputError('Two features are named already: leave with= out.');
  const second = withOption?.trim().split(/\s+/) ?? (cut === undefined ? undefined : words.slice(cut));
  const firstFeature = parseFeatureAddress(words.slice(0, cut), modelOption, configuration);
  if (!second) return [firstFeature];
  const named = modelNamedIn(second);
  if (named !== undefined && named !== firstFeature.model.id)
    throw new InputError(
      `Only features of one model can be compared; these are of ${firstFeature.model.id} and ${named}.`,
    );
  const secondFeature = parseFeatureAddress(second, firstFeature.model.id, configuration);
  if (firstFeature.layer === secondFeature.layer && firstFeature.feature === secondFeature.feature)
    throw new InputError(
      'Both are the same feature: name another, or only one to compare its encoder with its decoder.',
    );
  return [firstFeature, secondFeature];
}

/** Where the second of two features begins; undefined where there are not two. */
function cutBetween(words: readonly string[]): number | undefined {
  if (words.length > 2 * LONGEST_ADDRESS) return undefined;
  for (let cut = 1; cut < words.length; cut++)
    if (namesFeature(words.slice(0, cut)) && namesFeature(words.slice(cut))) return cut;
  return undefined;
}
