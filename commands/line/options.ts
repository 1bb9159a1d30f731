import { closest, distance } from 'fastest-levenshtein';
import {
  accepts,
  InputError,
  type Rule,
  rangeText,
  ruleWithin,
  type ValueOf,
  type WorkLimits,
} from '../../src/core/index.js';
import { oneLine } from '../../src/text/shorten.js';

/** An option of a command: how it is checked, and what a form or help text needs to know. */
export interface Option<Value = unknown, Name extends string = string> {
  name: Name;
  meaning: string;
  /** What is accepted, for people: "0.01..100 or auto or best". */
  range: string;
  /** Possible values, where they can be counted: a chat offers them in a menu. */
  choices?: readonly string[];
  /** Where nothing but a number is accepted: its bounds, for typed input. */
  numbers?: { minimum: number; maximum: number; integer: boolean };
  /** What a text that is not a value probably means, where `choices` do not help; a sentence with a space before it. */
  hint?(text: string): string;
  /** Whether white space at the edges of the text is part of it. */
  verbatim?: boolean;
  /** @returns the value, or undefined when the text is not one */
  parse(text: string): Value | undefined;
  /** The same option within what an operator allows. */
  within(limits: WorkLimits): this;
}

/** An option whose values are those of a rule. */
export function ruledOption<Name extends string, const R extends Rule>(
  name: Name,
  meaning: string,
  rule: R,
): Option<ValueOf<R>, Name> {
  const option: Option<ValueOf<R>, Name> = {
    name,
    meaning,
    range: rangeText(rule),
    ...asked(rule),
    parse(text) {
      const value = readAs(rule, text);
      return accepts(rule, value) ? (value as ValueOf<R>) : undefined;
    },
    within(limits) {
      const limited = ruleWithin<R>(rule, limits);
      return limited === rule ? option : ruledOption(name, meaning, limited);
    },
  };
  return option;
}

/** How a form asks for a value. */
function asked(rule: Rule): Pick<Option, 'choices' | 'numbers' | 'verbatim'> {
  switch (rule.kind) {
    case 'switch':
      return { choices: ['on', 'off'] };
    case 'choice':
      return { choices: rule.choices };
    case 'text':
      return { verbatim: rule.verbatim ?? false };
    default: {
      const [minimum, maximum] = rule.range;
      return rule.words ? {} : { numbers: { minimum, maximum, integer: rule.kind === 'whole' } };
    }
  }
}

const SWITCH_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['on', true],
  ['off', false],
  ['true', true],
  ['false', false],
  ['yes', true],
  ['no', false],
]);

/** The value that a text stands for under a rule; the rule may still refuse it. */
function readAs(rule: Rule, text: string): unknown {
  const word = text.toLowerCase();
  if (rule.kind === 'switch') return SWITCH_WORDS.get(word);
  if (rule.kind === 'choice') return word;
  if (rule.kind === 'text') return text;
  // Number() alone would read "" and " " as 0, and "0x10" as 16.
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : word;
}

/** An option whose texts are checked by a function; its value is the text. */
export function textOption<Name extends string>(
  name: Name,
  meaning: string,
  range: string,
  accepted: (text: string) => boolean,
): Option<string, Name> {
  return checkedOption({ name, meaning, range, parse: (text) => (accepted(text) ? text : undefined) });
}

/** An option that the operator's limits do not change. */
export function checkedOption<Value, Name extends string>(
  fields: Omit<Option<Value, Name>, 'within'>,
): Option<Value, Name> {
  const option: Option<Value, Name> = { ...fields, within: () => option };
  return option;
}

/** The options as the operator limits them: what is really accepted. */
export function withinLimits<Each extends Option>(options: readonly Each[], limits: WorkLimits): Each[] {
  return options.map((option) => option.within(limits));
}

/** A typed value without white space at its edges, unless the option keeps it. */
export function edged({ verbatim }: Pick<Option, 'verbatim'>, text: string): string {
  return verbatim ? text : text.trim();
}

/** What a command line gives options. */
interface OptionTexts {
  values: ReadonlyMap<string, string>;
  /** Checked values of options that the command has. */
  room?: { values: ReadonlyMap<string, unknown> } | undefined;
}

/** The values that options were given, by name. */
export type Given<Options extends readonly Option[]> = {
  [Each in Options[number] as Each['name']]?: Exclude<ReturnType<Each['parse']>, undefined>;
};

/**
 * Checks the values of a command line against the options there are. What the room has set counts where nothing is
 * typed.
 *
 * @returns the values that were given, by option name
 * @throws {InputError} names what was expected, what came and, for a mistyped key or choice, the nearest spelling
 */
export function parseOptions<const Options extends readonly Option[]>(
  { values, room }: OptionTexts,
  options: Options,
): Given<Options> {
  const parsed: Record<string, unknown> = Object.fromEntries(room?.values ?? []);
  for (const [key, text] of values) {
    const option = options.find(({ name }) => name === key);
    if (!option) {
      const names = options.map(({ name }) => name);
      throw new InputError(
        `There is no option "${shortened(key)}".${suggestion(key, names)} Options: ${names.join(', ')}.`,
      );
    }
    const value = option.parse(edged(option, text));
    if (value === undefined) {
      const hint = option.hint?.(text) ?? suggestion(text, option.choices ?? []);
      throw new InputError(`${key}=${shortened(text)}: expected ${option.range}.${hint}`);
    }
    parsed[key] = value;
  }
  return parsed as Given<Options>;
}

/** ` Did you mean "decoder"?` when something spelt alike exists, else nothing. */
export function suggestion(typed: string, names: readonly string[]): string {
  if (names.length === 0) return '';
  // Of a text more than twice as long, at least half would have to be removed.
  if (typed.length > 2 * Math.max(...names.map(({ length }) => length)) + 1) return '';
  const nearest = closest(typed.toLowerCase(), names);
  const tolerance = Math.max(1, Math.floor(Math.max(typed.length, nearest.length) / 2));
  return distance(typed.toLowerCase(), nearest) <= tolerance ? ` Did you mean "${nearest}"?` : '';
}

/** Untrusted text shortened for one line of an error message. */
export function shortened(text: string): string {
  return oneLine(text, 60);
}
