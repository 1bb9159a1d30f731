import { listCommands } from '../../commands/index.js';
import { discordInvite } from '../adapters/discord/invite.js';
import {
  readDiscord,
  readEnvironment,
  readLogSettings,
  readOperations,
} from '../configuration/environment.js';
import { readConfiguration } from '../configuration/index.js';
import { InputError } from '../core/index.js';
import { createLog, Metrics, Readiness, startOperations, supervise } from '../operations/index.js';
import { newKey } from '../store/index.js';
import { serve } from './serve.js';

/** After running answers were waited for: to cancel the rest, tell people, and end the inference process. */
const REST_MILLISECONDS = 4_000;

/**
 * `ghosttree serve`: runs until SIGTERM or SIGINT, then waits for running answers, announces what it could not
 * finish and ends.
 *
 * @throws {InputError} when no platform has a token, or one is wrong
 */
export async function runService(words: readonly string[]): Promise<void> {
  if (words.length > 0)
    throw new InputError('serve takes no arguments: tokens come from the environment (see .env.example).');
  const log = createLog(readLogSettings());
  const environment = readEnvironment();
  const place = readOperations();
  const configuration = readConfiguration();
  const drainMilliseconds = configuration.settings.limits.drainSeconds * 1000;
  const supervised = supervise(log, drainMilliseconds + REST_MILLISECONDS);
  const readiness = new Readiness();
  const metrics = new Metrics({
    commands: listCommands().map(({ name }) => name),
    models: [...configuration.models.keys()],
  });
  const server = place && (await startOperations(place, metrics, readiness));
  try {
    const service = await serve(environment, configuration, { log, metrics, readiness });
    supervised.running(() => service.stop(drainMilliseconds));
    log.info(`Ghosttree is connected to ${service.platforms.join(' and ')}.`);
  } catch (error) {
    await server?.close();
    throw error;
  }
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

/** `ghosttree new-key`: prints a new key for STORE_KEY. */
export async function printKey(words: readonly string[]): Promise<void> {
  if (words.length > 0)
    throw new InputError('new-key takes no arguments: it prints a new key for STORE_KEY.');
  process.stdout.write(`${newKey()}\n`);
}
