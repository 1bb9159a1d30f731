import type { types } from '@slack/bolt';
import type { Command } from '../../../commands/command.js';
import type { Option } from '../../../commands/options.js';
import type { Configuration } from '../../config.js';
import { offeredModels } from '../../manifest.js';
import { shortenedTo } from './plainText.js';

export const FORM = 'feature_form';

/** Ids of blocks that are no options. */
const LAYER = 'layer_of_model';
const FEATURE = 'feature';
const INPUT = 'value';
/** Slack's limits for menus and their texts, and for placeholders. */
const MENU = 100;
const OPTION_TEXT = 75;
const PLACEHOLDER = 150;

/** Where the form was opened, kept in it until it is sent. */
export interface FormOrigin {
  channel: string;
  responseUrl: string;
}

/** A form for a feature: which one, and every option of the command, all of them optional. */
export function featureForm(
  command: Command,
  { models, settings }: Configuration,
  origin: FormOrigin,
): types.ModalView {
  const defaults: Record<string, unknown> = settings.defaults;
  const options = command.options.filter(({ name }) => name !== 'model');
  const layers = offeredModels(models).flatMap(({ id, layers }) =>
    layers.map((layer) => ({ text: `${id} · layer ${layer}`, value: `${layer} model=${id}` })),
  );
  // The default model's layers come first: menus show their beginning.
  layers.sort((a, b) => rank(a.value, settings.model) - rank(b.value, settings.model));
  return {
    type: 'modal',
    callback_id: FORM,
    private_metadata: JSON.stringify(origin),
    title: plain('Draw a feature'),
    submit: plain('Draw'),
    close: plain('Cancel'),
    blocks: [
      input(LAYER, 'Layer', '', false, menu(layers.slice(0, MENU), 'Which layer')),
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

type Entered = Record<string, Record<string, Value>>;

interface Value {
  value?: string | null;
  selected_option?: { value: string } | null;
}

/** What a sent form stands for: a command line, or complaints by block. */
export type FormResult = { line: string } | { errors: Record<string, string> };

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

function enteredIn(entered: Entered, block: string): string | undefined {
  const { value, selected_option: selected } = entered[block]?.[INPUT] ?? {};
  return (selected?.value ?? value)?.trim() || undefined;
}

function quoted(value: string): string {
  if (!/[\s"']/.test(value)) return value;
  return value.includes("'") ? `"${value}"` : `'${value}'`;
}

function rank(value: string, model: string): number {
  return value.endsWith(` model=${model}`) ? 0 : 1;
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

function input(
  block: string,
  label: string,
  hint: string,
  optional: boolean,
  inside: types.InputBlock['element'],
): types.InputBlock {
  return {
    type: 'input',
    block_id: block,
    label: plain(label),
    ...(hint ? { hint: plain(hint) } : {}),
    optional,
    element: inside,
  };
}

function line(placeholder: string): types.PlainTextInput {
  return { type: 'plain_text_input', action_id: INPUT, ...placeheld(placeholder) };
}

function menu(options: { text: string; value: string }[], placeholder: string): types.StaticSelect {
  return {
    type: 'static_select',
    action_id: INPUT,
    ...placeheld(placeholder),
    options: options.map(({ text, value }) => ({ text: plain(shortenedTo(OPTION_TEXT, text)), value })),
  };
}

function placeheld(text: string): { placeholder?: types.PlainTextElement } {
  return text ? { placeholder: plain(shortenedTo(PLACEHOLDER, text)) } : {};
}

function plain(text: string): types.PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}
