import { type Client, Events, Status } from 'discord.js';
import type { Configuration } from '../../configuration/index.js';
import type { DiscordOptions } from '../../configuration/platforms.js';
import type { Log } from '../../operations/index.js';
import { counted } from '../../text/units.js';
import type { RunningAdapter } from '../chat/adapter.js';
import type { Conversations } from '../chat/conversations.js';
import { DiscordBoard } from './board.js';
import { createClient, logIn } from './client.js';
import { applicationCommands } from './commands/applicationCommands.js';
import { registerCommands } from './commands/registration.js';
import { EventListener } from './events.js';
import { placeAt } from './place.js';
import { DiscordApi } from './posting/api.js';
import { ReactionListener } from './reactions.js';

export { examineDiscord } from './examine.js';

/**
 * Connects to Discord, registers the commands if they changed, and answers.
 *
 * Closing waits for the answers under way: close the conversations first, or at the same time, to cut them short.
 *
 * @throws {InputError} the token is wrong, or Discord cannot be reached
 */
export async function startDiscord(
  settings: DiscordOptions,
  conversations: Conversations,
  configuration: Configuration,
  log: Log,
): Promise<RunningAdapter> {
  const client = createClient(settings);
  reportFaults(client, log);
  surviveEvents(client, log);
  await logIn(client, settings);
  const ready = client as Client<true>;
  const api = new DiscordApi(ready.rest, ready.application.id);
  const listener = new EventListener(ready, api, conversations, configuration, log);
  listener.start();
  const reactions = new ReactionListener(ready, conversations);
  reactions.start();
  // Commands belong to the bot: of several processes, the one that also hears direct messages registers them.
  if (ready.ws.shards.has(0)) await register(ready, configuration, log);
  const { size } = ready.guilds.cache;
  const servers = `in ${counted(size, 'server')}`;
  log.info(`Discord: connected as ${ready.user.username}, ${servers}${shardsOf(ready)}`);
  return {
    name: 'Discord',
    isConnected: () => ready.ws.shards.every(({ status }) => status === Status.Ready),
    board: new DiscordBoard(ready, api),
    placeAt: (bookmark) => placeAt(bookmark, api),
    async close() {
      await Promise.all([listener.stop(), reactions.stop()]);
      await client.destroy();
    },
  };
}

/** For the log, where there is more than one shard: ", with shards 0, 1 of 4". */
function shardsOf({ ws, options }: Client): string {
  const { shardCount = 1 } = options;
  if (shardCount === 1) return '';
  return `, with ${ws.shards.size === 1 ? 'shard' : 'shards'} ${[...ws.shards.keys()].join(', ')} of ${shardCount}`;
}

/** Old commands are better than no bot: when Discord does not take the new ones, an operator is told. */
async function register(client: Client<true>, configuration: Configuration, log: Log): Promise<void> {
  try {
    const wanted = applicationCommands(configuration);
    const changed = await registerCommands(client.rest, client.application.id, wanted);
    if (changed) log.info('Discord: the slash commands were registered anew');
  } catch (error) {
    log.fault('Discord: the slash commands could not be registered', error);
  }
}

/** Without listeners, errors of the connection would end the process. discord.js reconnects by itself. */
function reportFaults(client: Client, log: Log): void {
  client.on(Events.Error, (error) => log.fault('Discord: the client failed', error));
  client.on(Events.ShardError, (error) => log.fault('Discord: the connection failed', error));
  client.on(Events.ShardDisconnect, ({ code }, shard) =>
    log.fault(
      'Discord: disconnected for good, restart with a valid token',
      new Error(`close code ${code} of shard ${shard}`),
    ),
  );
  client.on(Events.Invalidated, () =>
    log.fault('Discord: the session was ended', new Error('session invalidated')),
  );
}

/** Drops events that discord.js cannot read: it would throw in one of its listeners, which ends the process. */
function surviveEvents(client: Client, log: Log): void {
  const manager = client.ws as unknown as { handlePacket(...packet: unknown[]): boolean };
  const handle = manager.handlePacket.bind(manager);
  manager.handlePacket = (...packet) => {
    try {
      return handle(...packet);
    } catch (error) {
      log.fault('Discord: an event was dropped', error);
      return false;
    }
  };
}
