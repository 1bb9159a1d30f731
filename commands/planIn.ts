import type { Settings } from '../src/store/index.js';
import { addressNamesModel } from './line/address.js';
import type { Command, CommandContext, CommandRequest, Plan } from './line/command.js';
import { quoted, splitWords, toRequest } from './line/grammar.js';

/** Two ways to hold a feature, of which only one can be. */
const EXCLUDES: ReadonlyMap<string, string> = new Map([
  ['clamp', 'steer'],
  ['steer', 'clamp'],
]);

/**
 * Plans a command where options have other defaults: what is typed counts first, then the settings of the place. The
 * plan's line says all that came from them, so that it asks the same elsewhere, and in the same place, too.
 *
 * @throws {InputError} what the person who typed it can mend
 */
export function planIn(
  command: Command,
  request: CommandRequest,
  context: CommandContext,
  settings: Settings,
): Plan {
  if (!command.heedsSettings || settings.size === 0) return command.plan(request, context);
  const values = new Map(request.values);
  for (const [name, value] of settings) {
    if (isFree(name, values, request.words) && accepts(command, name, value)) values.set(name, value);
  }
  const plan = command.plan({ ...request, values }, context);
  return { ...plan, line: completed(plan.line, command, values, settings, context) };
}

/** Whether nothing that was typed, or set before it, says otherwise. */
function isFree(name: string, values: ReadonlyMap<string, string>, words: readonly string[]): boolean {
  if (values.has(name) || values.has(EXCLUDES.get(name) ?? '')) return false;
  return name !== 'model' || !addressNamesModel(words);
}

/** Some commands have fewer options, or take less in them: theirs then keep their own defaults. */
function accepts({ options }: Command, name: string, value: string): boolean {
  return options.find((option) => option.name === name)?.parse(value) !== undefined;
}

/** A line leaves out what is a default everywhere, but here it is none. */
function completed(
  line: string,
  { options }: Command,
  values: ReadonlyMap<string, string>,
  settings: Settings,
  { configuration }: CommandContext,
): string {
  const said = toRequest(splitWords(line)).values;
  const missing = [...settings.keys()].flatMap((name) => {
    if (said.has(name) || !options.some((option) => option.name === name)) return [];
    const value = name === 'model' ? configuration.settings.model : values.get(name);
    return value === undefined ? [] : [`${name}=${quoted(value)}`];
  });
  return [line, ...missing].join(' ');
}
