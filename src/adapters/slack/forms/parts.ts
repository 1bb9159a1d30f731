import type { types } from '@slack/bolt';
import type { Configuration } from '../../../configuration/index.js';
import { offeredModels } from '../../../configuration/manifest.js';
import { shorten } from '../../../text/shorten.js';

const INPUT = 'value';
/** Slack's limits for menus and their texts, and for placeholders. */
const MENU = 100;
const OPTION_TEXT = 75;
const PLACEHOLDER = 150;
const INITIAL_VALUE = 3_000;

/** Where a form was opened, which the form holds until it is sent. */
export interface FormOrigin {
  channel: string;
  responseUrl: string;
  /** The message whose thread the answer belongs to. */
  thread?: string;
}

/** Ids of blocks that are no options. */
export const LAYER = 'layer_of_model';
export const FEATURE = 'feature';

/** A form with its buttons. */
export function modal(
  id: string,
  title: string,
  submit: string,
  origin: FormOrigin,
  blocks: types.InputBlock[],
): types.ModalView {
  return {
    type: 'modal',
    callback_id: id,
    private_metadata: JSON.stringify(origin),
    title: plain(title),
    submit: plain(submit),
    close: plain('Cancel'),
    blocks,
  };
}

/** The menu of all layers that can be asked about. */
export function layerInput(configuration: Configuration, hint: string, optional: boolean): types.InputBlock {
  return input(LAYER, 'Layer', hint, optional, menu(layersOffered(configuration), 'Which layer'));
}

/** The complaint about a text that is no feature; empty for a feature. */
export function featureComplaint(feature: string): Record<string, string> {
  return /^(\d{1,9}|random)$/i.test(feature) ? {} : { [FEATURE]: 'Expected a number, or "random".' };
}

/** The state of a sent form, by block. */
export type Entered = Record<string, Record<string, Value>>;

interface Value {
  value?: string | null;
  selected_option?: { value: string } | null;
}

/** What a sent form stands for: a command line, or complaints by block. */
export type FormResult = { line: string } | { errors: Record<string, string> };

/** What was typed or chosen in a block, exactly; undefined where it was left empty. */
export function typedIn(entered: Entered, block: string): string | undefined {
  const { value, selected_option: selected } = entered[block]?.[INPUT] ?? {};
  const text = selected?.value ?? value ?? '';
  return text.trim() === '' ? undefined : text;
}

/** As `typedIn`, without white space at the edges. */
export function enteredIn(entered: Entered, block: string): string | undefined {
  return typedIn(entered, block)?.trim();
}

/** Everything that was typed or chosen. */
export function allEntered(entered: Entered): string[] {
  return Object.keys(entered).flatMap((block) => typedIn(entered, block) ?? []);
}

/** A choice for every layer that can be asked about; its value is part of a command line. */
function layersOffered({ models, settings }: Configuration): { text: string; value: string }[] {
  const layers = offeredModels(models).flatMap(({ id, layers }) =>
    layers.map((layer) => ({ text: `${id} · layer ${layer}`, value: `${layer} model=${id}` })),
  );
  // The default model's layers come first: menus show their beginning.
  layers.sort((a, b) => rank(a.value, settings.model) - rank(b.value, settings.model));
  return layers.slice(0, MENU);
}

function rank(value: string, model: string): number {
  return value.endsWith(` model=${model}`) ? 0 : 1;
}

export function input(
  block: string,
  label: string,
  hint: string,
  optional: boolean,
  element: types.InputBlock['element'],
): types.InputBlock {
  return {
    type: 'input',
    block_id: block,
    label: plain(label),
    ...(hint ? { hint: plain(hint) } : {}),
    optional,
    element,
  };
}

export function line(placeholder: string): types.PlainTextInput {
  return { type: 'plain_text_input', action_id: INPUT, ...placeholderOf(placeholder) };
}

/** Several lines of text, filled in already. */
export function lines(text: string): types.PlainTextInput {
  const initial = shorten(text, INITIAL_VALUE);
  return {
    type: 'plain_text_input',
    action_id: INPUT,
    multiline: true,
    ...(initial && { initial_value: initial }),
  };
}

export function menu(options: { text: string; value: string }[], placeholder: string): types.StaticSelect {
  return {
    type: 'static_select',
    action_id: INPUT,
    ...placeholderOf(placeholder),
    options: options.map(({ text, value }) => ({ text: plain(shorten(text, OPTION_TEXT)), value })),
  };
}

function placeholderOf(text: string): { placeholder?: types.PlainTextElement } {
  return text ? { placeholder: plain(shorten(text, PLACEHOLDER)) } : {};
}

export function plain(text: string): types.PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}
