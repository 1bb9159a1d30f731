import { randomInt } from 'node:crypto';
import type { CatalogueModel, Configuration } from '../src/config.js';
import { InputError } from '../src/core/index.js';
import { checkPresent, presenceOf } from '../src/manifest.js';
import { shortened, suggestion } from './options.js';

/** Words of the longest form, `layer 10 feature 777`. */
const LONGEST = 4;

/** Which feature a person means. */
export interface FeatureAddress {
  model: CatalogueModel;
  layer: number;
  feature: number;
}

const EXPECTED =
  'expected a layer and a feature, as in: 10 777, 10/777, L10 F777, gemma-2b/10-res-jb/777, a neuronpedia.org feature address, or 10 random';

/**
 * Reads the words that name a feature.
 *
 * @param words what was typed besides the options
 * @param modelOption the value of `model=`, if given
 * @throws {InputError} when they name no feature, or one that does not exist or is not on this machine
 */
export function parseFeatureAddress(
  words: readonly string[],
  modelOption: string | undefined,
  configuration: Configuration,
): FeatureAddress {
  const text = words.join(' ').trim();
  const parts = text === '' ? undefined : readForms(text);
  if (!parts)
    throw new InputError(
      `${text ? `"${shortened(text)}" names no feature` : 'No feature was named'}: ${EXPECTED}.`,
    );
  const { model, layer, presence } = placeOf(parts, modelOption, configuration);
  const feature = parts.feature === 'random' ? randomInt(model.features) : Number(parts.feature);
  if (feature >= model.features) {
    throw new InputError(
      `Feature ${parts.feature} does not exist: layer ${layer} of ${model.id} has features 0 to ${model.features - 1}.`,
    );
  }
  checkPresent(model, presence, layer);
  return { model, layer, feature };
}

/** A layer of a model, as `10`, `L10` or `gemma-2b/10-res-jb`. */
const LAYER = /^(?:(?<model>[\w.-]+)\/(?<layer>\d{1,4})-[\w.-]+|(?:l(?:ayer)?\s*)?(?<number>\d{1,4}))$/i;

/**
 * How many of the leading words name a feature or, without one, a layer: 2 of `10 777 In 1994`, 1 of `L10 In 1994`.
 */
export function addressLength(words: readonly string[]): {
  words: number;
  names: 'feature' | 'layer' | 'nothing';
} {
  for (const names of ['feature', 'layer'] as const)
    for (let length = Math.min(LONGEST, words.length); length > 0; length--) {
      const text = words.slice(0, length).join(' ');
      if (names === 'feature' ? readForms(text) : LAYER.test(text)) return { words: length, names };
    }
  return { words: 0, names: 'nothing' };
}

/**
 * Reads the words that name a layer.
 *
 * @param words none for the last layer of the model that has an SAE here
 * @throws {InputError} when they name none, or one that does not exist or is not on this machine
 */
export function parseLayer(
  words: readonly string[],
  modelOption: string | undefined,
  configuration: Configuration,
): Omit<FeatureAddress, 'feature'> {
  const text = words.join(' ');
  const groups = LAYER.exec(text)?.groups;
  if (text && !groups)
    throw new InputError(`"${shortened(text)}" names no layer: expected 10, L10 or gemma-2b/10-res-jb.`);
  const { model, layer, number } = groups ?? {};
  const named = {
    ...(model && { model }),
    layer: layer ?? number ?? String(lastLayer(model ?? modelOption, configuration)),
  };
  const place = placeOf(named, modelOption, configuration);
  checkPresent(place.model, place.presence, place.layer);
  return { model: place.model, layer: place.layer };
}

/** The last layer of a model with an SAE, on this machine if there is one. */
function lastLayer(id: string | undefined, { settings, models }: Configuration): number {
  const model = findModel(id ?? settings.model, models);
  const { layers } = presenceOf(model);
  return Math.max(...(layers.length > 0 ? layers : model.layers));
}

/** Model and layer; the layer is any where none was named. @throws {InputError} when there is no such place */
function placeOf(
  parts: Pick<Parts, 'model' | 'layer'>,
  modelOption: string | undefined,
  { settings, models }: Configuration,
) {
  const model = findModel(parts.model ?? modelOption ?? settings.model, models);
  if (parts.model && modelOption && parts.model !== modelOption) {
    throw new InputError(
      `The feature is one of ${parts.model}, but model=${shortened(modelOption)}: keep one.`,
    );
  }
  const presence = presenceOf(model);
  const layers = presence.layers.length > 0 ? presence.layers : model.layers;
  const layer = parts.layer === undefined ? pick(layers) : Number(parts.layer);
  if (!model.layers.includes(layer)) {
    throw new InputError(
      `${model.id} has no SAE at layer ${layer}; layers with one: ${model.layers.join(', ')}.`,
    );
  }
  return { model, layer, presence };
}

/** The model of that name. @throws {InputError} when there is none */
export function findModel(id: string, models: Configuration['models']): CatalogueModel {
  const known = [...models.keys()];
  const model = models.get(id.toLowerCase());
  if (model) return model;
  throw new InputError(
    `There is no model "${shortened(id)}".${suggestion(id, known)} Models: ${known.join(', ')}.`,
  );
}

/**
 * Finds a feature that a message mentions: a neuronpedia.org address, or something like `L10 F777`.
 *
 * @returns words that `parseFeatureAddress` reads, or undefined
 */
export function findFeatureAddress(text: string): string | undefined {
  const link = /https?:\/\/(?:www\.)?neuronpedia\.org\/[\w.-]+\/\d{1,4}(?:-[\w.-]+)?\/\d{1,9}/i.exec(text);
  const name = /\bl(?:ayer)?\s*\d{1,4}[\s/,]*f(?:eature)?\s*\d{1,9}\b/i.exec(text);
  return link?.[0] ?? name?.[0];
}

/** Whether the words are an address, of whatever model and feature. */
export function namesFeature(words: readonly string[]): boolean {
  return readForms(words.join(' ').trim()) !== undefined;
}

/** The model that an address names, if it names one. */
export function modelNamedIn(words: readonly string[]): string | undefined {
  return readForms(words.join(' ').trim())?.model?.toLowerCase();
}

interface Parts {
  model?: string;
  /** Absent: any layer. */
  layer?: string;
  feature: string;
}

function readForms(text: string): Parts | undefined {
  const feature = /(?<feature>\d{1,9}|random)/i.source;
  const forms = [
    // 10 777, 10/777, 10 random
    new RegExp(`^(?<layer>\\d{1,4})\\s*[ /,]\\s*${feature}$`, 'i'),
    // L10 F777, l10f777, layer 10 feature 777
    new RegExp(`^l(?:ayer)?\\s*(?<layer>\\d{1,4})[\\s/,]*f(?:eature)?\\s*${feature}$`, 'i'),
    // gemma-2b/10-res-jb/777 and its neuronpedia.org address
    new RegExp(
      `^(?:<?https?://(?:www\\.)?neuronpedia\\.org/)?(?<model>[\\w.-]+)/(?<layer>\\d{1,4})(?:-[\\w.-]+)?/${feature}(?:[/?#|].*)?>?$`,
      'i',
    ),
    /^(?<feature>random)$/i,
  ];
  for (const form of forms) {
    const groups = form.exec(text)?.groups;
    if (groups) return { ...(groups as unknown as Parts), feature: groups.feature!.toLowerCase() };
  }
  return undefined;
}

function pick<T>(values: readonly T[]): T {
  return values[randomInt(values.length)]!;
}
