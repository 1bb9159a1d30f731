import { LIMITS } from '../protocol/limits.js';
import { OptionType } from '../protocol/numbers.js';
import type { Choice } from '../world/records.js';
import type { Form } from './form.js';

/** Choices of an option, of its declaration or of an autocomplete answer. */
export function readChoices(form: Form, optionType: number, required = false): Choice[] | undefined {
  return form.list('choices', { max: LIMITS.commandChoices, required }, (choice) => {
    const name = choice.string('name', { min: 1, max: LIMITS.choiceText, required: true }) ?? '';
    const value =
      optionType === OptionType.String
        ? choice.string('value', { min: 0, max: LIMITS.choiceText, required: true })
        : readNumber(choice, optionType);
    return { name, value: value ?? '' };
  });
}

function readNumber(choice: Form, optionType: number): number | undefined {
  if (optionType === OptionType.Integer) return choice.integer('value', { required: true });
  const value = choice.fields.value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  choice.problem(['value'], 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not float.`);
  return undefined;
}
