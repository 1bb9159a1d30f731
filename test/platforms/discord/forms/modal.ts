import { LIMITS } from '../protocol/limits.js';
import { ComponentType } from '../protocol/numbers.js';
import type { Component, Modal } from '../world/records.js';
import { noteCustomId, readCustomId, readSelect } from './components.js';
import { present } from './embeds.js';
import type { Form } from './form.js';

/** A form to show: inputs in rows (the old way) or under labels with texts between (the new way). */
export function readModal(form: Form): Modal {
  const customIds = new Set<string>();
  const components = form.list(
    'components',
    { min: 1, max: LIMITS.modalComponents, required: true },
    (item): Component => {
      const types = [ComponentType.ActionRow, ComponentType.TextDisplay, ComponentType.Label];
      const type = item.choice('type', types, true);
      if (type === ComponentType.TextDisplay) {
        return { type, content: item.string('content', { min: 1, max: 4000, required: true }) };
      }
      if (type === ComponentType.Label) return readLabel(item, customIds);
      const inputs = item.list('components', { min: 1, max: 1, required: true }, (input) =>
        readTextInput(input, customIds, true),
      );
      return { type: ComponentType.ActionRow, components: inputs ?? [] };
    },
  );
  return {
    title: form.string('title', { min: 1, max: LIMITS.modalTitle, required: true }) ?? '',
    customId: readCustomId(form) ?? '',
    components: components ?? [],
  };
}

function readLabel(form: Form, customIds: Set<string>): Component {
  const component = form.child(
    'component',
    (child): Component => {
      const type = child.choice('type', [ComponentType.TextInput, ComponentType.StringSelect], true);
      if (type === ComponentType.TextInput) return readTextInput(child, customIds, false);
      const select = readSelect(child);
      noteCustomId(child, select, customIds);
      return select;
    },
    true,
  );
  return present({
    type: ComponentType.Label,
    label: form.string('label', { min: 1, max: LIMITS.inputLabel, required: true }),
    description: form.string('description', { max: LIMITS.inputPlaceholder }),
    component,
  }) as Component;
}

function readTextInput(form: Form, customIds: Set<string>, needsLabel: boolean): Component {
  form.choice('type', [ComponentType.TextInput], true);
  const input = present({
    type: ComponentType.TextInput,
    custom_id: readCustomId(form),
    style: form.choice('style', [1, 2], true),
    label: form.string('label', { min: needsLabel ? 1 : 0, max: LIMITS.inputLabel, required: needsLabel }),
    min_length: form.integer('min_length', { min: 0, max: LIMITS.inputValue }),
    max_length: form.integer('max_length', { min: 1, max: LIMITS.inputValue }),
    required: form.boolean('required'),
    value: form.string('value', { max: LIMITS.inputValue }),
    placeholder: form.string('placeholder', { max: LIMITS.inputPlaceholder }),
  }) as Component;
  noteCustomId(form, input, customIds);
  return input;
}
