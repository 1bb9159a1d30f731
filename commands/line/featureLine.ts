import { defaultsOf } from '../../src/configuration/derived.js';
import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import type { DreamRequest, FeatureRequest } from '../../src/core/index.js';
import { quoted } from './grammar.js';

/** A question about one feature, perhaps with another one. */
interface Question {
  layer: number;
  feature: number;
  parameters: Partial<FeatureRequest['parameters'] & DreamRequest['parameters']>;
  other?: { layer: number; feature: number };
}

/** The command line of `/feature` that asks this question again. */
export function featureLine(question: Question, model: CatalogueModel, settings: Settings): string {
  return questionLine('feature', question, model, settings);
}

/**
 * The command line that asks a question again: model and options are named where they are not the defaults.
 *
 * @param defaults of the command, where they are not those of `/feature`
 */
export function questionLine(
  command: string,
  { layer, feature, parameters, other }: Question,
  model: CatalogueModel,
  settings: Settings,
  defaults: Record<string, unknown> = defaultsOf(model, settings),
): string {
  const words = [command, String(layer), String(feature)];
  if (other) words.push(String(other.layer), String(other.feature));
  if (model.id !== settings.model) words.push(`model=${model.id}`);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== defaults[name]) words.push(`${name}=${written(value)}`);
  }
  return words.join(' ');
}

function written(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return quoted(String(value));
}
