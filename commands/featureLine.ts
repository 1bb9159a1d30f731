import { type CatalogueModel, type Defaults, defaultsOf, type Settings } from '../src/config.js';
import type { FeatureRequest } from '../src/core/index.js';
import { quoted } from './grammar.js';

/** A question about one feature. */
interface Question {
  layer: number;
  feature: number;
  parameters: Partial<FeatureRequest['parameters']>;
}

/** The command line of `/feature` that asks this question again. */
export function featureLine(question: Question, model: CatalogueModel, settings: Settings): string {
  return questionLine('feature', question, model, settings);
}

/** The command line that asks a question again: model and options are named where they are not the defaults. */
export function questionLine(
  command: string,
  { layer, feature, parameters }: Question,
  model: CatalogueModel,
  settings: Settings,
): string {
  const words = [command, String(layer), String(feature)];
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
