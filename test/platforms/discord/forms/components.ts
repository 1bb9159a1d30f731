import { LIMITS } from '../protocol/limits.js';
import { ComponentType } from '../protocol/numbers.js';
import type { Component } from '../world/records.js';
import { present } from './embeds.js';
import type { Form } from './form.js';

const LINK = 5;

/** The rows of a message: buttons and string selects, as components were before version 2. */
export function readRows(form: Form): Component[] | undefined {
  const customIds = new Set<string>();
  let nextId = 0;
  const number = () => {
    nextId += 1;
    return nextId;
  };
  return form.list('components', { max: LIMITS.rows }, (row) => {
    row.choice('type', [ComponentType.ActionRow], true);
    const id = number();
    const components =
      row.list('components', { min: 1, max: LIMITS.buttonsInRow, required: true }, (item) => {
        const type = item.choice('type', [ComponentType.Button, ComponentType.StringSelect], true);
        const component = type === ComponentType.StringSelect ? readSelect(item) : readButton(item);
        noteCustomId(item, component, customIds);
        return { ...component, id: number() };
      }) ?? [];
    if (components.length > 1 && components.some(({ type }) => type === ComponentType.StringSelect)) {
      row.problem(
        ['components'],
        'COMPONENT_LAYOUT_WIDTH_EXCEEDED',
        'The specified component exceeds the maximum width',
      );
    }
    return { type: ComponentType.ActionRow, id, components };
  });
}

/** Refuses a custom id that the same message or modal already has. */
export function noteCustomId(form: Form, { custom_id: customId }: Component, seen: Set<string>): void {
  if (customId === undefined) return;
  if (seen.has(customId)) {
    form.problem(['custom_id'], 'COMPONENT_CUSTOM_ID_DUPLICATED', 'Component custom id cannot be duplicated');
  }
  seen.add(customId);
}

function readButton(form: Form): Component {
  const style = form.choice('style', [1, 2, 3, 4, LINK], true);
  const label = form.string('label', { max: LIMITS.buttonLabel });
  const isLink = style === LINK;
  if (!label && !form.has('emoji')) {
    form.problem(['label'], 'BUTTON_COMPONENT_MISSING_LABEL_OR_EMOJI', 'A label or an emoji is required');
  }
  if (isLink && form.has('custom_id')) {
    form.problem([], 'BUTTON_COMPONENT_CUSTOM_ID_AND_URL', 'A custom id and url cannot both be specified');
  }
  if (!isLink && form.has('url')) {
    form.problem(['url'], 'BUTTON_COMPONENT_INVALID_URL', 'Only link buttons have a url');
  }
  return present({
    type: ComponentType.Button,
    style,
    label,
    emoji: form.fields.emoji,
    disabled: form.boolean('disabled'),
    custom_id: isLink ? undefined : readCustomId(form),
    url: isLink ? form.url('url', ['http:', 'https:', 'discord:'], true) : undefined,
  }) as Component;
}

/** A menu of texts, in a message or (labelled) in a modal. */
export function readSelect(form: Form): Component {
  const options = form.list('options', { min: 1, max: LIMITS.selectOptions, required: true }, (option) => ({
    label: option.string('label', { min: 1, max: LIMITS.selectText, required: true }) ?? '',
    value: option.string('value', { min: 1, max: LIMITS.selectText, required: true }) ?? '',
    ...present({
      description: option.string('description', { max: LIMITS.selectText }),
      default: option.boolean('default'),
    }),
  }));
  const values = (options ?? []).map(({ value }) => value);
  if (new Set(values).size < values.length) {
    form.problem(
      ['options'],
      'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
      'The specified option value is already used',
    );
  }
  return present({
    type: ComponentType.StringSelect,
    custom_id: readCustomId(form),
    placeholder: form.string('placeholder', { max: LIMITS.placeholder }),
    min_values: form.integer('min_values', { min: 0, max: 25 }),
    max_values: form.integer('max_values', { min: 1, max: 25 }),
    disabled: form.boolean('disabled'),
    required: form.boolean('required'),
    options,
  }) as Component;
}

export function readCustomId(form: Form): string | undefined {
  return form.string('custom_id', { min: 1, max: LIMITS.customId, required: true });
}
