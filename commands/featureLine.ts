import { type CatalogueModel, type Defaults, defaultsOf, type Settings } from '../src/config.js';
import type { FeatureRequest } from '../src/core/index.js';
import { quoted } from './grammar.js';

/** The command line that asks this question again: model and options are named where they are not the defaults. */
export function featureLine(
  { layer, feature, parameters }: FeatureRequest,
  model: CatalogueModel,
  settings: Settings,
): string {
  const words = ['feature', String(layer), String(feature)];
  if (model.id !== settings.model) words.push(`model=${model.id}`);
  const defaults = defaultsOf(model, settings);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== defaults[name as keyof Defaults]) words.push(`${name}=${written(value)}`);
  }
  return words.join(' ');
}

function written(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return quoted(String(value));
}
