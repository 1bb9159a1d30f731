import { defaultsFor } from '../../src/configuration/derived.js';
import type { CatalogueModel, Settings } from '../../src/configuration/index.js';
import type { ParameterCommand, ParameterValues } from '../../src/core/index.js';
import type { Room } from './command.js';
import { quoted } from './grammar.js';

/** A question about one feature, perhaps with another one. */
interface Question {
  layer: number;
  feature: number;
  parameters: Partial<ParameterValues>;
  other?: { layer: number; feature: number } | undefined;
}

/** The command line of `/feature` that asks this question again. */
export function featureLine(
  question: Question,
  model: CatalogueModel,
  settings: Settings,
  room?: Room,
): string {
  return questionLine('feature', question, model, settings, room);
}

/** The command line that asks a question again. */
export function questionLine(
  command: ParameterCommand,
  { layer, feature, parameters, other }: Question,
  model: CatalogueModel,
  settings: Settings,
  room?: Room,
): string {
  const address = [layer, feature, ...(other ? [other.layer, other.feature] : [])];
  return [command, ...address, ...optionWords(command, parameters, model, settings, room)].join(' ');
}

/**
 * Options of a line that asks a question again: model and parameters are named where they are not the defaults, or a
 * setting of the room would count instead.
 */
export function optionWords(
  command: ParameterCommand,
  parameters: Partial<ParameterValues>,
  model: CatalogueModel,
  settings: Settings,
  room?: Room,
): string[] {
  const defaults: Record<string, unknown> = {
    ...defaultsFor(command, model, settings),
    model: settings.model,
  };
  return Object.entries({ model: model.id, ...parameters }).flatMap(([name, value]) =>
    value === defaults[name] && !room?.names.has(name) ? [] : [`${name}=${written(value)}`],
  );
}

function written(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return quoted(String(value));
}
