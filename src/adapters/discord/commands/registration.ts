import { type REST, type RESTPostAPIApplicationCommandsJSONBody, Routes } from 'discord.js';
import { insist } from '../posting/failures.js';

/**
 * Registers the commands, unless the same ones are registered: Discord allows only so many
 * registrations a day, and shows people "this command is outdated" after each.
 *
 * @returns whether they had changed
 * @throws {DiscordAPIError} when Discord does not take them
 */
export async function registerCommands(
  rest: REST,
  applicationId: string,
  wanted: RESTPostAPIApplicationCommandsJSONBody[],
): Promise<boolean> {
  const route = Routes.applicationCommands(applicationId);
  const registered = (await insist(() => rest.get(route))) as object[];
  if (comparable(registered, wanted) === comparable(wanted, wanted)) return false;
  await insist(() => rest.put(route, { body: wanted }));
  return true;
}

/** The fields we set, of all commands, as text: Discord adds ids, versions and defaults of its own. */
function comparable(commands: object[], wanted: object[]): string {
  const fields = new Set(wanted.flatMap(Object.keys));
  const compared = commands.map((command) =>
    Object.fromEntries(Object.entries(command).filter(([name]) => fields.has(name))),
  );
  return compared.map(canonical).sort().join('\n');
}

/** JSON with sorted keys, without values that mean the same when they are left out. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || part === false || part === '') return undefined;
    if (Array.isArray(part)) return part.length === 0 ? undefined : part;
    if (typeof part !== 'object') return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
