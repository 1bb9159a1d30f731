import { isFields, objects } from '../args.js';
import type { Fields, View } from '../types.js';

/** What a person enters: a string for text and single choices, strings for several choices. */
export type Entered = Record<string, string | readonly string[]>;

/**
 * The state a submitted modal carries, from entries by block_id or action_id. The client of Slack checks
 * required and overlong fields before it sends, so those throw here: the app would never see them.
 */
export function formState(view: View, entered: Entered): Fields {
  const values: Fields = {};
  const unused = new Set(Object.keys(entered));
  for (const block of objects(view.view.blocks)) {
    const element = isFields(block.element) ? block.element : undefined;
    if (block.type !== 'input' || !element) continue;
    const blockId = String(block.block_id);
    const actionId = String(element.action_id);
    const key = [blockId, actionId].find((name) => name in entered);
    if (key) unused.delete(key);
    const state = elementState(element, key ? entered[key] : undefined);
    if (isEmpty(state) && block.optional !== true) throw new Error(`the form needs a value for ${blockId}`);
    values[blockId] = { [actionId]: state };
  }
  if (unused.size > 0) throw new Error(`the form has no input named ${[...unused].join(', ')}`);
  return values;
}

function elementState(element: Fields, entered: string | readonly string[] | undefined): Fields {
  const { type } = element;
  const options = objects(element.options);
  const choose = (wanted: string) => {
    const option = options.find((each) => each.value === wanted);
    if (!option) throw new Error(`no option with the value ${wanted}`);
    return option;
  };
  switch (type) {
    case 'static_select':
    case 'radio_buttons': {
      const initial = isFields(element.initial_option) ? element.initial_option : null;
      return { type, selected_option: typeof entered === 'string' ? choose(entered) : initial };
    }
    case 'checkboxes':
    case 'multi_static_select': {
      const wanted = typeof entered === 'string' ? [entered] : entered;
      return { type, selected_options: wanted?.map(choose) ?? objects(element.initial_options) };
    }
    default: {
      const value = entered ?? element.initial_value ?? null;
      const most = typeof element.max_length === 'number' ? element.max_length : 3_000;
      if (typeof value === 'string' && value.length > most) {
        throw new Error(`the form takes ${most} characters for ${element.action_id}`);
      }
      return { type, value: value === '' ? null : value };
    }
  }
}

function isEmpty(state: Fields): boolean {
  if ('selected_options' in state) return objects(state.selected_options).length === 0;
  return (state.value ?? state.selected_option ?? null) === null;
}
