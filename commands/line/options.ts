import { closest, distance } from 'fastest-levenshtein';
import { InputError } from '../../src/core/index.js';
import { oneLine } from '../../src/text/shorten.js';

/** An option of a command: how it is checked, and what a form or help text needs to know. */
export interface Option<Value = unknown> {
  name: string;
  meaning: string;
  /** What is accepted, for people: "0.01..100 or auto or best". */
  range: string;
  /** Possible values, where they can be counted: a chat offers them in a menu. */
  choices?: string[];
  /** Where nothing but a number is accepted: its bounds, for typed input. */
  numbers?: { minimum: number; maximum: number; integer: boolean };
  /** What was probably meant by a text that is not a value, where `choices` do not tell; a sentence with a space before it. */
  hint?(text: string): string;
  /** Whether white space at the edges of the text is part of it. */
  verbatim?: boolean;
  /** @returns the value, or undefined when the text is not one */
  parse(text: string): Value | undefined;
}

/** A number from `minimum` to `maximum`, perhaps one of a few words instead. */
export function numberOption<Word extends string = never>(
  name: string,
  meaning: string,
  [minimum, maximum]: [number, number],
  { integer = false, words = [] }: { integer?: boolean; words?: Word[] } = {},
): Option<number | Word> {
  const bounds = maximum === Number.POSITIVE_INFINITY ? `from ${minimum} up` : `${minimum}..${maximum}`;
  return {
    name,
    meaning,
    range: [`${integer ? 'a whole number ' : ''}${bounds}`, ...words].join(' or '),
    ...(words.length === 0 ? { numbers: { minimum, maximum, integer } } : {}),
    parse(text) {
      const word = words.find((candidate) => candidate === text.toLowerCase());
      if (word !== undefined) return word;
      // Number() alone would read "" and " " as 0, and "0x10" as 16.
      if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
      const value = Number(text);
      return value >= minimum && value <= maximum && (!integer || Number.isInteger(value))
        ? value
        : undefined;
    },
  };
}

/** One of a few words. */
export function choiceOption<Word extends string>(
  name: string,
  meaning: string,
  choices: Word[],
): Option<Word> {
  return {
    name,
    meaning,
    range: choices.join(', '),
    choices,
    parse: (text) => choices.find((choice) => choice === text.toLowerCase()),
  };
}

/** `on` or `off`. */
export function switchOption(name: string, meaning: string): Option<boolean> {
  const values = new Map([
    ['on', true],
    ['off', false],
    ['true', true],
    ['false', false],
    ['yes', true],
    ['no', false],
  ]);
  return {
    name,
    meaning,
    range: 'on, off',
    choices: ['on', 'off'],
    parse: (text) => values.get(text.toLowerCase()),
  };
}

/** Any text for which `accepts` holds. */
export function textOption(
  name: string,
  meaning: string,
  range: string,
  accepts: (text: string) => boolean,
  { verbatim = false } = {},
): Option<string> {
  return { name, meaning, range, verbatim, parse: (text) => (accepts(text) ? text : undefined) };
}

/** A typed value as its option reads it. */
export function edged({ verbatim }: Pick<Option, 'verbatim'>, text: string): string {
  return verbatim ? text : text.trim();
}

/**
 * Checks the values of a command line against the options there are.
 *
 * @returns the values that were given, by option name
 * @throws {InputError} names what was expected, what came and, for a mistyped key or choice, the nearest spelling
 */
export function parseOptions(
  values: ReadonlyMap<string, string>,
  options: readonly Option[],
): Record<string, unknown> {
  const parsed: Record<string, unknown> = {};
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
  return parsed;
}

/** ` Did you mean "decoder"?` when something spelt alike exists, else nothing. */
export function suggestion(typed: string, known: readonly string[]): string {
  if (known.length === 0) return '';
  // Of a text more than twice as long, at least half would have to go.
  if (typed.length > 2 * Math.max(...known.map(({ length }) => length)) + 1) return '';
  const nearest = closest(typed.toLowerCase(), known);
  const tolerance = Math.max(1, Math.floor(Math.max(typed.length, nearest.length) / 2));
  return distance(typed.toLowerCase(), nearest) <= tolerance ? ` Did you mean "${nearest}"?` : '';
}

/** Text of a stranger, fit for one line of an error message. */
export function shortened(text: string): string {
  return oneLine(text, 60);
}
