import { isFields, objects } from '../args.js';
import type { Fields } from '../types.js';
import { type Complain, checkText } from './blockText.js';
import { LIMITS } from './limits.js';

const SELECTS = ['static_select', 'multi_static_select', 'radio_buttons', 'checkboxes', 'overflow'];
const INPUTS = [
  'plain_text_input',
  'number_input',
  'channels_select',
  'users_select',
  'conversations_select',
];

/** A button, select, input or image, inside any block. Action ids must be unique in their block. */
export function validateElement(
  element: Fields,
  pointer: string,
  actionIds: Set<string>,
  complain: Complain,
): void {
  if (element.type === 'image') {
    validateImage(element, pointer, complain);
    return;
  }
  checkActionId(element, pointer, actionIds, complain);
  if (element.confirm !== undefined) {
    const confirm = isFields(element.confirm) ? element.confirm : {};
    checkText(confirm.title, `${pointer}/confirm/title`, 100, complain, 'plain');
    checkText(confirm.text, `${pointer}/confirm/text`, 300, complain);
  }
  if (element.placeholder !== undefined) {
    checkText(element.placeholder, `${pointer}/placeholder`, LIMITS.placeholder, complain, 'plain');
  }
  if (element.type === 'button') {
    validateButton(element, pointer, complain);
    return;
  }
  if (SELECTS.includes(String(element.type))) {
    validateOptions(element, pointer, complain);
    return;
  }
  if (!INPUTS.includes(String(element.type))) {
    complain(`unsupported type: ${element.type}`, `${pointer}/type`);
  }
  if (element.type === 'number_input' && typeof element.is_decimal_allowed !== 'boolean') {
    complain('missing required field: is_decimal_allowed', pointer);
  }
}

function checkActionId(element: Fields, pointer: string, actionIds: Set<string>, complain: Complain): void {
  const { action_id: id } = element;
  if (id === undefined) return;
  if (typeof id !== 'string' || id.length === 0) {
    complain('must be a non-empty string', `${pointer}/action_id`);
    return;
  }
  if (id.length > LIMITS.actionId) {
    complain(`must be less than ${LIMITS.actionId + 1} characters`, `${pointer}/action_id`);
  }
  if (actionIds.has(id)) complain(`action_id already exists: ${id}`, `${pointer}/action_id`);
  actionIds.add(id);
}

function validateButton(button: Fields, pointer: string, complain: Complain): void {
  checkText(button.text, `${pointer}/text`, LIMITS.buttonText, complain, 'plain');
  for (const [name, most] of [
    ['value', LIMITS.buttonValue],
    ['url', LIMITS.url],
  ] as const) {
    const value = button[name];
    if (value === undefined) continue;
    if (typeof value !== 'string') complain('must be a string', `${pointer}/${name}`);
    else if (value.length > most) complain(`must be less than ${most + 1} characters`, `${pointer}/${name}`);
  }
  if (button.style !== undefined && !['primary', 'danger'].includes(String(button.style))) {
    complain('must be one of primary, danger', `${pointer}/style`);
  }
}

function validateOptions(select: Fields, pointer: string, complain: Complain): void {
  const grouped = objects(select.option_groups).flatMap((group) => objects(group.options));
  const options = select.option_groups === undefined ? objects(select.options) : grouped;
  const most = select.type === 'overflow' ? LIMITS.overflowOptions : LIMITS.options;
  if (options.length === 0 || options.length > most) {
    complain(`must have 1 to ${most} items`, `${pointer}/options`);
  }
  for (const [index, option] of options.entries()) {
    const at = `${pointer}/options/${index}`;
    checkText(option.text, `${at}/text`, LIMITS.optionText, complain);
    const value = typeof option.value === 'string' ? option.value : '';
    if (value.length === 0 || value.length > LIMITS.optionValue) {
      complain(`must have 1 to ${LIMITS.optionValue} characters`, `${at}/value`);
    }
  }
  if (select.initial_option === undefined) return;
  const initial = isFields(select.initial_option) ? select.initial_option.value : undefined;
  if (!options.some((option) => option.value === initial)) {
    complain('initial_option must be one of the options', `${pointer}/initial_option`);
  }
}

function validateImage(image: Fields, pointer: string, complain: Complain): void {
  const sources = [image.image_url, image.slack_file].filter((source) => source !== undefined);
  if (sources.length !== 1) complain('missing required field: image_url or slack_file', pointer);
  const { alt_text: alt } = image;
  if (typeof alt !== 'string') {
    complain('missing required field: alt_text', pointer);
    return;
  }
  if (alt.length > LIMITS.imageAltText) {
    complain(`must be less than ${LIMITS.imageAltText + 1} characters`, `${pointer}/alt_text`);
  }
  if (image.title !== undefined) {
    checkText(image.title, `${pointer}/title`, LIMITS.imageTitle, complain, 'plain');
  }
}
