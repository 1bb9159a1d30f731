import { LIMITS } from '../protocol/limits.js';
import { CommandType, OptionType } from '../protocol/numbers.js';
import type { JsonObject } from '../world/records.js';
import { readChoices } from './choices.js';
import { present } from './embeds.js';
import type { Form } from './form.js';

const NAME = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;

/** A command to register, with Discord's defaults filled in. */
export function readCommand(form: Form): JsonObject & { name: string; type: number } {
  const type = form.choice('type', Object.values(CommandType)) ?? CommandType.ChatInput;
  const isChatInput = type === CommandType.ChatInput;
  const name = isChatInput
    ? readName(form)
    : (form.string('name', { min: 1, max: LIMITS.commandName, required: true }) ?? '');
  const description = isChatInput ? readDescription(form) : '';
  if (!isChatInput && form.fields.description) {
    form.problem(
      ['description'],
      'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID',
      'Context menu commands cannot have description',
    );
  }
  if (!isChatInput && form.has('options')) {
    form.problem(
      ['options'],
      'APPLICATION_COMMAND_INVALID_OPTIONS',
      'Context menu commands cannot have options',
    );
  }
  const options = isChatInput ? (readOptions(form) ?? []) : undefined;
  const total = name.length + description.length + textLength(options ?? []);
  if (total > LIMITS.commandTotal) {
    form.problem(
      [],
      'APPLICATION_COMMAND_TOO_LARGE',
      `Command exceeds maximum size (${LIMITS.commandTotal})`,
    );
  }
  return {
    type,
    name,
    name_localizations: form.fields.name_localizations ?? null,
    description,
    description_localizations: form.fields.description_localizations ?? null,
    default_member_permissions: form.string('default_member_permissions') ?? null,
    nsfw: form.boolean('nsfw') ?? false,
    integration_types: form.fields.integration_types ?? [0],
    contexts: form.fields.contexts ?? null,
    // Discord leaves the field out where there are none, which is what a comparison before registering meets.
    ...(options && options.length > 0 ? { options } : {}),
  };
}

function readOptions(form: Form): JsonObject[] | undefined {
  const options = form.list('options', { max: LIMITS.commandOptions }, readOption);
  const names = new Set<unknown>();
  let optionalSeen = false;
  for (const [index, option] of (options ?? []).entries()) {
    if (names.has(option.name)) {
      form.problem(
        ['options', index],
        'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS',
        'Option name already exists',
      );
    }
    names.add(option.name);
    if (option.required === true && optionalSeen) {
      form.problem(
        ['options', index],
        'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID',
        'Required options must be placed before non-required options',
      );
    }
    if (option.required !== true) optionalSeen = true;
  }
  return options;
}

function readOption(form: Form): JsonObject {
  const type = form.choice('type', Object.values(OptionType), true) ?? OptionType.String;
  const isNested = type === OptionType.Subcommand || type === OptionType.SubcommandGroup;
  const isNumber = type === OptionType.Integer || type === OptionType.Number;
  const takesChoices = isNumber || type === OptionType.String;
  const choices = takesChoices ? readChoices(form, type) : undefined;
  const autocomplete = form.boolean('autocomplete');
  if (autocomplete && (!takesChoices || (choices?.length ?? 0) > 0)) {
    form.problem(
      ['autocomplete'],
      'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID',
      'Autocomplete needs a text or number option without choices',
    );
  }
  for (const bound of ['min_value', 'max_value']) {
    if (form.has(bound) && !isNumber)
      form.problem([bound], 'OPTION_BOUND_INVALID', 'Only numbers have a range');
  }
  const isText = type === OptionType.String;
  return present({
    type,
    name: readName(form),
    description: readDescription(form),
    required: form.boolean('required') || undefined,
    choices: choices?.length === 0 ? undefined : choices,
    autocomplete: autocomplete || undefined,
    min_value: form.fields.min_value,
    max_value: form.fields.max_value,
    min_length: isText ? form.integer('min_length', { min: 0, max: 6000 }) : undefined,
    max_length: isText ? form.integer('max_length', { min: 1, max: 6000 }) : undefined,
    options: isNested ? readOptions(form) : undefined,
  });
}

function readName(form: Form): string {
  const name = form.string('name', { min: 1, max: LIMITS.commandName, required: true }) ?? '';
  if (name !== '' && (!NAME.test(name) || name !== name.toLowerCase())) {
    form.problem(['name'], 'APPLICATION_COMMAND_INVALID_NAME', 'Command name is invalid');
  }
  return name;
}

function readDescription(form: Form): string {
  return form.string('description', { min: 1, max: LIMITS.commandDescription, required: true }) ?? '';
}

function textLength(options: JsonObject[]): number {
  const length = (value: unknown) => (typeof value === 'string' ? value.length : 0);
  return options.reduce((sum, option) => {
    const choices = (option.choices ?? []) as { name: string; value: unknown }[];
    const nested = (option.options ?? []) as JsonObject[];
    const own = length(option.name) + length(option.description);
    const ofChoices = choices.reduce((total, { name, value }) => total + length(name) + length(value), 0);
    return sum + own + ofChoices + textLength(nested);
  }, 0);
}
