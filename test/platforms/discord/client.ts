import { Client, type ClientOptions, GatewayIntentBits, Partials } from 'discord.js';
import { DiscordServer, type DiscordServerOptions } from './discordServer.js';

const { Guilds, GuildMessages, DirectMessages } = GatewayIntentBits;

/** The real client, pointed at the loopback platform. */
export function clientFor(server: DiscordServer, options: Partial<ClientOptions> = {}): Client {
  return new Client({
    intents: [Guilds, GuildMessages, DirectMessages],
    partials: [Partials.Channel],
    rest: { api: server.apiUrl },
    ...options,
  });
}

/** A platform with a guild, a channel and two people, and a client that is ready. */
export async function connected(
  options: { server?: DiscordServerOptions; client?: Partial<ClientOptions> } = {},
) {
  const server = new DiscordServer(options.server);
  await server.start();
  const ada = server.addUser('ada');
  const bob = server.addUser('bob');
  const guild = server.addGuild('Lab', [ada, bob]);
  const channel = server.addChannel(guild, 'features');
  const client = clientFor(server, options.client);
  const ready = new Promise<void>((resolve) => client.once('clientReady', () => resolve()));
  await client.login(server.token);
  await ready;
  const stop = async () => {
    await client.destroy();
    await server.stop();
  };
  return { server, client, ada, bob, guild, channel, stop };
}
