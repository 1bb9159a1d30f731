import type { types } from '@slack/bolt';
import type { Command } from '../../../../commands/line/command.js';
import { quoted } from '../../../../commands/line/grammar.js';
import { edged, type Option, withinLimits } from '../../../../commands/line/options.js';
import type { Configuration } from '../../../configuration/index.js';
import {
  type Entered,
  enteredIn,
  FEATURE,
  type FormOrigin,
  type FormResult,
  featureComplaint,
  input,
  LAYER,
  layerInput,
  line,
  menu,
  modal,
  typedIn,
} from './parts.js';

export const FORM = 'feature_form';

/** A form for a feature: which one, and every option of the command, all of them optional. */
export function featureForm(
  command: Command,
  configuration: Configuration,
  origin: FormOrigin,
): types.ModalView {
  const defaults: Record<string, unknown> = configuration.settings.defaults;
  const options = withinLimits(command.options, configuration.settings.limits).filter(
    ({ name }) => name !== 'model',
  );
  return modal(FORM, 'Draw a feature', 'Draw', origin, [
    layerInput(configuration, '', false),
    input(FEATURE, 'Feature', 'its number, or "random"', false, line('777')),
    ...options.map((option) => {
      const hint = `${option.meaning}: ${option.range}`;
      return input(option.name, option.name, hint, true, element(option, defaults));
    }),
  ]);
}

/** Reads a sent form. */
export function readForm(command: Command, entered: Entered): FormResult {
  const errors: Record<string, string> = {};
  const words: string[] = [command.name];
  const layer = enteredIn(entered, LAYER);
  const feature = enteredIn(entered, FEATURE);
  if (layer === undefined) errors[LAYER] = 'Please choose one.';
  Object.assign(errors, featureComplaint(feature ?? ''));
  const [number, model] = (layer ?? '').split(' ');
  words.push(number ?? '', feature ?? '', model ?? '');
  for (const option of command.options) {
    const typed = typedIn(entered, option.name);
    if (typed === undefined) continue;
    const value = edged(option, typed);
    if (option.parse(value) === undefined) errors[option.name] = `Expected ${option.range}.`;
    words.push(`${option.name}=${quoted(value)}`);
  }
  return Object.keys(errors).length > 0 ? { errors } : { line: words.join(' ') };
}

function element(option: Option, defaults: Record<string, unknown>): types.InputBlock['element'] {
  const standard = textOf(defaults[option.name]);
  if (!option.choices) return line(standard);
  const choices = option.choices.map((choice) => ({ text: choice, value: choice }));
  return menu(choices, standard);
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value ?? '');
}
