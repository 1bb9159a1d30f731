import type { RoomSettings } from '../src/store/index.js';
import { addressNamesModel } from './line/address.js';
import type { Command, CommandContext, CommandRequest, Plan, Room } from './line/command.js';
import { edged, withinLimits } from './line/options.js';

/** Two ways to hold a feature, of which only one can be. */
const EXCLUDES: ReadonlyMap<string, string> = new Map([
  ['clamp', 'steer'],
  ['steer', 'clamp'],
]);

/**
 * Plans a command where options have other defaults: what is typed counts first, then the settings of the room. The
 * plan's line says all that came from them, so that it asks the same elsewhere, and in the same room, too.
 *
 * @throws {InputError} what the person who typed it can mend
 */
export function planIn(
  command: Command,
  request: CommandRequest,
  context: CommandContext,
  settings: RoomSettings,
): Plan {
  if (!command.heedsSettings || settings.size === 0) return command.plan(request, context);
  return command.plan({ ...request, room: roomOf(command, request, context, settings) }, context);
}

/** Settings of options that the command does not have, or not within what the operator allows now, do not count. */
function roomOf(
  { options }: Command,
  { values: typed, words }: CommandRequest,
  { configuration }: CommandContext,
  settings: RoomSettings,
): Room {
  const values = new Map<string, unknown>();
  const names = new Set<string>();
  for (const option of withinLimits(options, configuration.settings.limits)) {
    const { name } = option;
    const text = settings.get(name);
    const value = text === undefined ? undefined : option.parse(edged(option, text));
    if (value === undefined) continue;
    const excluded = EXCLUDES.get(name) ?? '';
    const isExcluded = typed.has(excluded);
    names.add(isExcluded && !typed.has(name) ? excluded : name);
    if (!typed.has(name) && !isExcluded && !(name === 'model' && addressNamesModel(words)))
      values.set(name, value);
  }
  return { values, names };
}
