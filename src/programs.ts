import pc from 'picocolors';
import { discordInvite } from './adapters/discord/invite.js';
import { readConfiguration } from './config.js';
import { InputError } from './core/index.js';
import { readDiscord, readEnvironment, readLogSettings } from './environment.js';
import { examine } from './operations/doctor/index.js';
import { createLog } from './operations/index.js';
import { serve } from './serve.js';

/**
 * `ghosttree serve`: runs until SIGTERM or SIGINT, then announces what it could not finish and ends.
 *
 * @throws {InputError} when no platform has a token, or one is wrong
 */
export async function runService(words: readonly string[]): Promise<void> {
  if (words.length > 0)
    throw new InputError('serve takes no arguments: tokens come from the environment (see .env.example).');
  const log = createLog(readLogSettings());
  const service = await serve(readEnvironment(), readConfiguration(), log);
  log.info(`Ghosttree is connected to ${service.platforms.join(' and ')}.`);
  const stop = () => {
    log.info('Ghosttree is stopping.');
    // The clients leave timers and sockets behind that would keep the process alive.
    void service.stop().finally(() => process.exit());
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

const COLOURS = { ok: pc.green, warning: pc.yellow, wrong: pc.red };

/**
 * `ghosttree doctor`: looks at all that ghosttree needs, says what to mend, and exits with 1 when something is wrong.
 *
 * @throws {InputError} when it is given arguments
 */
export async function runDoctor(words: readonly string[]): Promise<void> {
  if (words.length > 0) throw new InputError('doctor takes no arguments: it looks at everything.');
  const isWell = await examine(process.env, ({ state, what, remedy }) => {
    const mend = remedy ? `\n         ${remedy}` : '';
    process.stdout.write(`${COLOURS[state](state.padEnd(7))}  ${what}${mend}\n`);
  });
  // Clients of platforms leave timers behind that would keep the process alive.
  process.exit(isWell ? 0 : 1);
}

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
