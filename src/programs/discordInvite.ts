import { discordInvite } from '../adapters/discord/invite.js';
import { readDiscord } from '../configuration/environment.js';
import { InputError } from '../core/index.js';

/**
 * `ghosttree discord-invite`: prints the link that adds the bot to a server.
 *
 * @throws {InputError} when DISCORD_TOKEN is missing or wrong
 */
export async function printInvite(words: readonly string[]): Promise<void> {
  if (words.length > 0)
    throw new InputError(
      'discord-invite takes no arguments: the token comes from the environment (see .env.example).',
    );
  const discord = readDiscord();
  if (!discord) throw new InputError('DISCORD_TOKEN is missing: docs/discord.md tells where to get it.');
  process.stdout.write(`${await discordInvite(discord)}\n`);
}
