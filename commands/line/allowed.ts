import type { AllowLists } from '../../src/configuration/index.js';
import { InputError } from '../../src/core/index.js';
import type { Asker } from '../../src/jobs/index.js';

/** Anybody may ask for help, whatever else is forbidden. */
const ALWAYS = 'help';

/**
 * A channel's pattern is its id (`C0123`), its whole name (`slack:T0123:C0123`, `discord:0123`) with `*` for any part
 * of it (`slack:T0123:*`), or `direct` for direct messages with the bot.
 *
 * @throws {InputError} where the bot may not answer
 */
export function checkPlace(asker: Asker, allow: AllowLists): void {
  const patterns = listFor(asker, allow, 'channels');
  if (!patterns || patterns.some((pattern) => matches(pattern, asker))) return;
  const elsewhere = patterns.includes('direct') ? ', but in direct messages' : '';
  throw new InputError(`I do not answer here${elsewhere}: whoever runs me chose the channels.`);
}

/**
 * @param line a plan's command line, whose first word is the command
 * @throws {InputError} where this command is not allowed
 */
export function checkCommand(line: string, asker: Asker, allow: AllowLists): void {
  const commands = listFor(asker, allow, 'commands');
  const command = line.split(' ', 1)[0]!;
  if (!commands || command === ALWAYS || commands.includes(command)) return;
  throw new InputError(`"${command}" is not allowed here. Allowed: ${[...commands, ALWAYS].join(', ')}.`);
}

/** The most specific list there is: of the workspace, else of the platform, else of all places. */
function listFor(
  { channel, workspace }: Asker,
  allow: AllowLists,
  list: 'channels' | 'commands',
): string[] | undefined {
  const places = [workspace, channel.split(':', 1)[0]!].map((place) =>
    place !== undefined && Object.hasOwn(allow.where, place) ? allow.where[place] : undefined,
  );
  return [...places, allow].find((lists) => lists?.[list])?.[list];
}

function matches(pattern: string, { channel, direct }: Asker): boolean {
  if (pattern === 'direct') return direct ?? false;
  if (!pattern.includes(':')) return pattern === '*' || channel.endsWith(`:${pattern}`);
  const parts = channel.split(':');
  const wanted = pattern.split(':');
  return wanted.length === parts.length && wanted.every((part, at) => part === '*' || part === parts[at]);
}
