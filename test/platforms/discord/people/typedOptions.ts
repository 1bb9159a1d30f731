import { OptionType } from '../protocol/numbers.js';
import type { Choice, Command, JsonObject } from '../world/records.js';

export type OptionValue = string | number | boolean;

interface Declared {
  readonly name: string;
  readonly type: number;
  readonly required?: boolean;
  readonly choices?: Choice[];
  readonly autocomplete?: boolean;
  readonly min_value?: number;
  readonly max_value?: number;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly options?: Declared[];
}

interface Typing {
  /** The subcommand, after the group it may be in. */
  readonly path?: readonly string[];
  /** The option being typed, of an autocomplete. */
  readonly focused?: string;
}

/** The options of an event; throws where Discord's own client would not let a person send the command. */
export function typedOptions(
  command: Command,
  values: Record<string, OptionValue>,
  { path = [], focused }: Typing = {},
): JsonObject[] {
  const declared = declaredAt(command, path);
  for (const name of Object.keys(values)) {
    if (!declared.some((option) => option.name === name)) {
      const known = declared.map((option) => option.name).join(', ');
      throw new Error(`/${command.name} has no option "${name}"; it has: ${known}`);
    }
  }
  const typed = declared.flatMap((option) => {
    const value = values[option.name];
    if (value === undefined) {
      const isMissing = option.required && focused === undefined;
      if (isMissing) throw new Error(`/${command.name} needs "${option.name}"`);
      return [];
    }
    const isFocused = option.name === focused;
    // What is being typed is text still, whatever the option's type.
    if (isFocused) return [{ name: option.name, type: option.type, value: String(value), focused: true }];
    if (focused === undefined) check(command, option, value);
    return [{ name: option.name, type: option.type, value }];
  });
  // The event nests them: group, subcommand, options.
  return path.reduceRight<JsonObject[]>((options, name, index) => {
    const type = index === path.length - 1 ? OptionType.Subcommand : OptionType.SubcommandGroup;
    return [{ name, type, options }];
  }, typed);
}

/** Throws for an option that does not autocomplete. */
export function requireAutocomplete(command: Command, name: string, path: readonly string[]): void {
  if (!declaredAt(command, path).find((option) => option.name === name)?.autocomplete) {
    throw new Error(`option "${name}" of /${command.name} does not autocomplete`);
  }
}

function declaredAt(command: Command, path: readonly string[]): Declared[] {
  let declared = (command.json.options ?? []) as Declared[];
  for (const name of path) {
    const nested = declared.find((option) => option.name === name && isNested(option));
    if (!nested) throw new Error(`/${command.name} has no subcommand "${name}"`);
    declared = nested.options ?? [];
  }
  const subcommands = declared.filter(isNested).map((option) => option.name);
  if (subcommands.length === 0) return declared;
  throw new Error(`/${command.name} wants a subcommand: ${subcommands.join(', ')}`);
}

function isNested({ type }: Declared): boolean {
  return type === OptionType.Subcommand || type === OptionType.SubcommandGroup;
}

function check(command: Command, option: Declared, value: OptionValue): void {
  const fail = (why: string) => {
    throw new Error(`/${command.name} ${option.name}: ${why}, got ${JSON.stringify(value)}`);
  };
  const isNumber = option.type === OptionType.Integer || option.type === OptionType.Number;
  const expected = isNumber ? 'number' : option.type === OptionType.Boolean ? 'boolean' : 'string';
  if (typeof value !== expected) fail(`expects a ${expected}`);
  if (option.type === OptionType.Integer && !Number.isInteger(value)) fail('expects an integer');
  if (typeof value === 'number' && value < (option.min_value ?? value))
    fail(`is at least ${option.min_value}`);
  if (typeof value === 'number' && value > (option.max_value ?? value))
    fail(`is at most ${option.max_value}`);
  if (typeof value === 'string' && value.length > (option.max_length ?? 6000)) fail('is too long');
  if (typeof value === 'string' && value.length < (option.min_length ?? 0)) fail('is too short');
  if (option.choices && !option.choices.some((choice) => choice.value === value)) {
    fail(`is one of ${option.choices.map((choice) => choice.value).join(', ')}`);
  }
}
