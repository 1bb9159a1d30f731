import type { RoomSettings } from '../src/store/index.js';
import { addressNamesModel } from './line/address.js';
import type { Command, CommandContext, CommandRequest, Plan, Room } from './line/command.js';
import { edged, withinLimits } from './line/options.js';

/** Two ways to hold a feature, of which only one can be used. */
const EXCLUDES: ReadonlyMap<string, string> = new Map([
  ['clamp', 'steer'],
  ['steer', 'clamp'],
]);

/**
 * Plans a command in a room: what is typed counts first, then the settings of the room. The plan's line names every
 * option that came from the settings, so that it asks the same question anywhere.
 *
 * @throws {InputError} when the person who typed it can fix it
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

/** Ignores settings of options that the command does not have, and values that the operator no longer allows. */
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
