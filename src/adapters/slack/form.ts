import type { types } from '@slack/bolt';
import type { Command } from '../../../commands/command.js';
import type { Option } from '../../../commands/options.js';
import type { Configuration } from '../../config.js';
import {
  type Entered,
  enteredIn,
  type FormOrigin,
  type FormResult,
  input,
  layersOffered,
  line,
  menu,
  plain,
} from './formParts.js';

export const FORM = 'feature_form';

/** Ids of blocks that are no options. */
const LAYER = 'layer_of_model';
const FEATURE = 'feature';

/** A form for a feature: which one, and every option of the command, all of them optional. */
export function featureForm(
  command: Command,
  configuration: Configuration,
  origin: FormOrigin,
): types.ModalView {
  const defaults: Record<string, unknown> = configuration.settings.defaults;
  const options = command.options.filter(({ name }) => name !== 'model');
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: JSON.stringify(origin),
    title: plain('Draw a feature'),
    submit: plain('Draw'),
    close: plain('Cancel'),
    blocks: [
      input(LAYER, 'Layer', '', false, menu(layersOffered(configuration), 'Which layer')),
      input(FEATURE, 'Feature', 'its number, or "random"', false, line('777')),
      ...options.map((option) =>
        input(
          option.name,
          option.name,
          `${option.meaning}: ${option.range}`,
          true,
          element(option, defaults),
        ),
      ),
    ],
  };
}

/** Reads a sent form. */
export function readForm(command: Command, entered: Entered): FormResult {
  const errors: Record<string, string> = {};
  const words: string[] = [command.name];
  const layer = enteredIn(entered, LAYER);
  const feature = enteredIn(entered, FEATURE);
  if (layer === undefined) errors[LAYER] = 'Please choose one.';
  if (!/^(\d{1,9}|random)$/i.test(feature ?? '')) errors[FEATURE] = 'Expected a number, or "random".';
  const [number, model] = (layer ?? '').split(' ');
  words.push(number ?? '', feature ?? '', model ?? '');
  for (const option of command.options) {
    const value = enteredIn(entered, option.name);
    if (value === undefined) continue;
    if (option.parse(value) === undefined) errors[option.name] = `Expected ${option.range}.`;
    else if (value.includes('"') && value.includes("'"))
      errors[option.name] = 'Please use one kind of quotes.';
    words.push(`${option.name}=${quoted(value)}`);
  }
  return Object.keys(errors).length > 0 ? { errors } : { line: words.join(' ') };
}

function quoted(value: string): string {
  if (!/[\s"']/.test(value)) return value;
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

function element(option: Option, defaults: Record<string, unknown>): types.InputBlock['element'] {
  const standard = shown(defaults[option.name]);
  if (!option.choices) return line(standard);
  const choices = option.choices.map((choice) => ({ text: choice, value: choice }));
  return menu(choices, standard);
}

function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value ?? '');
}
