import { randomInt } from 'node:crypto';
import type { CatalogueModel, Configuration } from '../../src/configuration/index.js';
import { checkPresent, presenceOf } from '../../src/configuration/manifest.js';
import { InputError } from '../../src/core/index.js';
import { shortened, suggestion } from './options.js';

/** Words of the longest form, `layer 10 , feature 777`. */
export const LONGEST_ADDRESS = 5;

/** Which feature a person means. */
export interface FeatureAddress {
  model: CatalogueModel;
  layer: number;
  feature: number;
}

/** A layer of a model, all of its features. */
export type LayerAddress = Omit<FeatureAddress, 'feature'>;

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
  { settings, models }: Configuration,
): FeatureAddress {
  const text = words.join(' ').trim();
  const parts = text === '' ? undefined : readForms(text);
  if (!parts) {
    const layer = readLayer(text)?.layer;
    const hint = layer === undefined ? '' : ` What stands out in a whole layer: kind ${Number(layer)}.`;
    throw new InputError(
      `${text ? `"${shortened(text)}" names no feature` : 'No feature was named'}: ${EXPECTED}.${hint}`,
    );
  }
  const { model, presence } = placeOf(parts.model, modelOption, { settings, models });
  const layers = presence.layers.length > 0 ? presence.layers : model.layers;
  const layer = parts.layer === undefined ? pick(layers) : Number(parts.layer);
  requireSae(model, layer);
  const feature = parts.feature === 'random' ? randomInt(model.features) : Number(parts.feature);
  if (feature < 0 || feature >= model.features) {
    throw new InputError(
      `Feature ${parts.feature} does not exist: layer ${layer} of ${model.id} has features 0 to ${model.features - 1}.`,
    );
  }
  checkPresent(model, presence, layer);
  return { model, layer, feature };
}

/**
 * Reads the words that name a layer alone: `10`, `L10`, `gemma-2b/10-res-jb`.
 *
 * @returns undefined when they do not
 * @throws {InputError} when they name a layer without an SAE, or one that is not on this machine
 */
export function parseLayerAddress(
  words: readonly string[],
  modelOption: string | undefined,
  configuration: Configuration,
): LayerAddress | undefined {
  const parts = readLayer(words.join(' ').trim());
  if (!parts) return undefined;
  const { model, presence } = placeOf(parts.model, modelOption, configuration);
  const layer = Number(parts.layer);
  requireSae(model, layer);
  checkPresent(model, presence, layer);
  return { model, layer };
}

/**
 * Reads the words that name a layer.
 *
 * @param words none for the last layer of the model that has an SAE, on this machine if there is one
 * @throws {InputError} when they name none, or one that does not exist or is not on this machine
 */
export function parseLayer(
  words: readonly string[],
  modelOption: string | undefined,
  configuration: Configuration,
): LayerAddress {
  if (words.length > 0) {
    const named = parseLayerAddress(words, modelOption, configuration);
    if (named) return named;
    throw new InputError(
      `"${shortened(words.join(' '))}" names no layer: expected 10, L10 or gemma-2b/10-res-jb.`,
    );
  }
  const { model, presence } = placeOf(undefined, modelOption, configuration);
  const layer = Math.max(...(presence.layers.length > 0 ? presence.layers : model.layers));
  checkPresent(model, presence, layer);
  return { model, layer };
}

/** The layers of a model that have an SAE, on this machine if there is one. @throws {InputError} when none is here */
export function layersOf(
  modelOption: string | undefined,
  configuration: Configuration,
): { model: CatalogueModel; layers: [number, ...number[]] } {
  const { model, presence } = placeOf(undefined, modelOption, configuration);
  const here = presence.layers.length > 0 ? presence.layers : model.layers;
  const [first, ...others] = here.toSorted((a, b) => a - b);
  checkPresent(model, presence, first!);
  return { model, layers: [first!, ...others] };
}

/**
 * How many of the leading words name a feature or, without one, a layer: 2 of `10 777 In 1994`, 1 of `L10 In 1994`.
 */
export function addressLength(words: readonly string[]): {
  words: number;
  names: 'feature' | 'layer' | 'nothing';
} {
  for (const names of ['feature', 'layer'] as const)
    for (let length = Math.min(LONGEST_ADDRESS, words.length); length > 0; length--) {
      const text = words.slice(0, length).join(' ');
      if (names === 'feature' ? readForms(text) : readLayer(text)) return { words: length, names };
    }
  return { words: 0, names: 'nothing' };
}

/** The model that an address or an option names, and what is here of it. @throws {InputError} when they disagree */
function placeOf(
  named: string | undefined,
  modelOption: string | undefined,
  { settings, models }: Configuration,
) {
  const model = findModel(named ?? modelOption ?? settings.model, models);
  if (named && modelOption && named !== modelOption) {
    throw new InputError(`The address is one of ${named}, but model=${shortened(modelOption)}: keep one.`);
  }
  return { model, presence: presenceOf(model) };
}

function requireSae(model: CatalogueModel, layer: number): void {
  if (model.layers.includes(layer)) return;
  throw new InputError(
    `${model.id} has no SAE at layer ${layer}; layers with one: ${model.layers.join(', ')}.`,
  );
}

/** The model of that name. @throws {InputError} when there is none */
export function findModel(id: string, models: Configuration['models']): CatalogueModel {
  const ids = [...models.keys()];
  const model = models.get(id.toLowerCase());
  if (model) return model;
  throw new InputError(
    `There is no model "${shortened(id)}".${suggestion(id, ids)} Models: ${ids.join(', ')}.`,
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

/** How sentences name a feature; a link names its model, too. */
const MENTIONS = new RegExp(
  [
    'https?://(?:www\\.)?neuronpedia\\.org/(?<model>[\\w.-]+)/(?<site>\\d{1,4})(?:-[\\w.-]+)?/(?<index>\\d{1,9})',
    '\\bl(?:ayer)?\\s{0,3}(?<layer>\\d{1,4})[\\s/,]{0,3}f(?:eature)?\\s{0,3}(?<feature>\\d{1,9})\\b',
    '\\bf(?:eature)?\\s{0,3}(?<of>\\d{1,9})\\s{1,3}(?:in|of|at|from)\\s{1,3}l(?:ayer)?\\s{0,3}(?<at>\\d{1,4})\\b',
  ].join('|'),
  'gi',
);

/**
 * The command line that a sentence asks for by naming features: `what does feature 777 in layer 10 mean?`, a
 * neuronpedia.org address with words around it; two features are compared.
 *
 * @returns undefined where it names none, or more than two, or two of different models
 */
export function lineOfSentence(text: string): string | undefined {
  const named = [...text.matchAll(MENTIONS)].map(({ groups = {} }) => ({
    model: groups.model,
    address: `${Number(groups.site ?? groups.layer ?? groups.at)} ${Number(groups.index ?? groups.feature ?? groups.of)}`,
  }));
  const addresses = [...new Set(named.map(({ address }) => address))];
  const models = new Set(named.flatMap(({ model }) => (model === undefined ? [] : [model])));
  if (addresses.length === 0 || addresses.length > 2 || models.size > 1) return undefined;
  const [model] = models;
  const option = model === undefined ? [] : [`model=${model}`];
  return [addresses.length === 2 ? 'compare' : 'feature', ...addresses, ...option].join(' ');
}

/** Whether the words are an address, of whatever model and feature. */
export function namesFeature(words: readonly string[]): boolean {
  return readForms(words.join(' ').trim()) !== undefined;
}

/** Whether words begin with an address that names its model, as `gemma-2b/10-res-jb/777`. */
export function addressNamesModel(words: readonly string[]): boolean {
  const text = words.slice(0, addressLength(words).words).join(' ');
  return (readForms(text) ?? readLayer(text))?.model !== undefined;
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

const FEATURE = '(?<feature>-?\\d{1,9}|random)';
const SITE = '(?:<?https?://(?:www\\.)?neuronpedia\\.org/)?';
/** The texts that these read have single spaces only, so that no pattern backtracks over runs of white space. */
const FEATURE_FORMS = [
  // 10 777, 10/777, 10 random
  new RegExp(`^(?<layer>-?\\d{1,4}) ?[ /,] ?${FEATURE}$`, 'i'),
  // L10 F777, l10f777, layer 10 feature 777
  new RegExp(`^l(?:ayer)? ?(?<layer>\\d{1,4})[ /,]*f(?:eature)? ?${FEATURE}$`, 'i'),
  // gemma-2b/10-res-jb/777 and its neuronpedia.org address
  new RegExp(`^${SITE}(?<model>[\\w.-]+)/(?<layer>\\d{1,4})(?:-[\\w.-]+)?/${FEATURE}(?:[/?#|].*)?>?$`, 'i'),
  /^(?<feature>random)$/i,
];
const LAYER_FORMS = [
  // 10, L10, layer 10
  /^(?:l(?:ayer)? ?)?(?<layer>\d{1,4})$/i,
  // gemma-2b/10-res-jb and its neuronpedia.org address
  new RegExp(`^${SITE}(?<model>[\\w.-]+)/(?<layer>\\d{1,4})(?:-[\\w.-]+)?/?(?:[?#|].*)?>?$`, 'i'),
];

function readForms(text: string): Parts | undefined {
  const groups = firstMatch(FEATURE_FORMS, text);
  return groups && { ...(groups as unknown as Parts), feature: groups.feature!.toLowerCase() };
}

function readLayer(text: string): { model?: string; layer: string } | undefined {
  const groups = firstMatch(LAYER_FORMS, text) as { model?: string; layer: string } | undefined;
  // Without a letter it is a layer and a feature: 10/777.
  return groups?.model === undefined || /[a-z]/i.test(groups.model) ? groups : undefined;
}

function firstMatch(forms: readonly RegExp[], text: string): Record<string, string> | undefined {
  const spaced = text.trim().replaceAll(/\s+/g, ' ');
  for (const form of forms) {
    const groups = form.exec(spaced)?.groups;
    if (groups) return groups;
  }
  return undefined;
}

function pick<T>(values: readonly T[]): T {
  return values[randomInt(values.length)]!;
}
