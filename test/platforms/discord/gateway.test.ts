import { Client, Events, GatewayIntentBits } from 'discord.js';
import { expect, type TestContext, test } from 'vitest';
import { WebSocket } from 'ws';
import { until } from '../../support/until.js';
import { clientFor, connected } from './client.js';
import { DiscordServer } from './discordServer.js';
import { Intent } from './protocol/numbers.js';

/** These tests mostly wait for the client to reconnect, so they do it at the same time. */
const wait = test.concurrent;

async function ready({ onTestFinished }: TestContext, options?: Parameters<typeof connected>[0]) {
  const setting = await connected(options);
  onTestFinished(setting.stop);
  return setting;
}

/** The texts a client hears, as they come. */
function listen(client: Client): string[] {
  const heard: string[] = [];
  client.on(Events.MessageCreate, (message) => heard.push(message.content));
  return heard;
}

wait('a ready client knows guild, channels, roles and its permissions', async (context) => {
  const { client, guild, channel } = await ready(context);
  const known = client.guilds.cache.get(guild.id)!;
  expect(known.name).toBe('Lab');
  const seen = known.channels.cache.get(channel.id)!;
  expect(seen.permissionsFor(client.user!)?.has('CreatePublicThreads')).toBe(true);
  expect(seen.permissionsFor(client.user!)?.has('ManageThreads')).toBe(false);
});

wait('what was missed while the connection was cut is replayed once', async (context) => {
  const { server, client, ada, channel } = await ready(context);
  const heard = listen(client);
  server.people.mention({ user: ada, channel, text: 'one' });
  await until('the first message is heard', () => heard.length === 1);

  server.gateway.dropAll();
  server.people.mention({ user: ada, channel, text: 'two' });
  await until('the session is resumed', () => server.gateway.counts.resume === 1);
  server.people.mention({ user: ada, channel, text: 'three' });
  await until('all three messages are heard', () => heard.length === 3);

  expect(heard.map((text) => text.split(' ')[1])).toEqual(['one', 'two', 'three']);
  expect(server.gateway.counts).toEqual({ identify: 1, resume: 1 });
});

wait('a client asked to reconnect resumes its session', async (context) => {
  const { server } = await ready(context);
  server.gateway.requestReconnect();
  await until('the session is resumed', () => server.gateway.counts.resume === 1);
  expect(server.gateway.counts).toEqual({ identify: 1, resume: 1 });
});

wait('a client whose connection is closed with 4000 resumes', async (context) => {
  const { server } = await ready(context);
  server.gateway.closeAll(4000);
  await until('the session is resumed', () => server.gateway.counts.resume === 1);
});

wait('an invalid session that may be resumed is resumed', async (context) => {
  const { server } = await ready(context);
  server.gateway.invalidate(true);
  await until('the session is resumed', () => server.gateway.counts.resume === 1);
});

wait('a forgotten session ends in a new one that hears what comes after', async (context) => {
  const { server, client, ada, channel } = await ready(context, {
    // The client waits 5 s between two identifies; nothing here depends on that.
    client: { ws: { buildIdentifyThrottler: () => ({ waitForIdentify: () => Promise.resolve() }) } },
  });
  const heard = listen(client);
  server.gateway.forgetSessions();
  server.gateway.dropAll();
  server.people.mention({ user: ada, channel, text: 'lost' });
  await until('a new session', () => server.gateway.counts.identify === 2);
  server.people.mention({ user: ada, channel, text: 'heard' });
  await until('the message after it is heard', () => heard.length === 1);
  expect(heard[0]).toContain('heard');
});

wait('an unacknowledged heartbeat makes the client come back', async (context) => {
  const { server } = await ready(context, { server: { heartbeatMs: 150 } });
  for (const connection of server.gateway.connections) connection.isDeaf = true;
  await until('the session is resumed', () => server.gateway.counts.resume >= 1);
});

wait('a wrong token is refused before the gateway', async (context) => {
  const { server } = await ready(context);
  const stranger = clientFor(server);
  await expect(stranger.login('MTIz.wrong.token')).rejects.toThrow('An invalid token was provided.');
  await stranger.destroy();
});

test('the message content intent must be switched on for the application', async () => {
  const server = new DiscordServer();
  await server.start();
  const client = new Client({
    intents: [GatewayIntentBits.Guilds, GatewayIntentBits.MessageContent],
    rest: { api: server.apiUrl },
  });
  await expect(client.login(server.token)).rejects.toThrow('Used disallowed intents');
  await client.destroy();
  await server.stop();
});

wait('with the message content intent every text is heard', async (context) => {
  const { Guilds, GuildMessages, MessageContent } = GatewayIntentBits;
  const { client, server, ada, channel } = await ready(context, {
    server: { privilegedIntents: Intent.MessageContent },
    client: { intents: [Guilds, GuildMessages, MessageContent] },
  });
  const heard = listen(client);
  server.people.say({ user: ada, channel, text: 'L10 F777' });
  await until('the text is heard', () => heard.length === 1);
  expect(heard).toEqual(['L10 F777']);
});

test.each([
  ['a wrong token', { op: 2, d: { token: 'x', intents: 1, properties: {} } }, 4004],
  ['unknown intents', { op: 2, d: { token: 'T', intents: 2 ** 27, properties: {} } }, 4013],
  ['a payload before identify', { op: 3, d: {} }, 4003],
  ['an unknown opcode', { op: 99, d: {} }, 4001],
  ['no JSON', 'nonsense', 4002],
])('the gateway closes on %s', async (_what, packet, code) => {
  const server = new DiscordServer({ token: 'T' });
  await server.start();
  const socket = new WebSocket(`${server.apiUrl.replace('http', 'ws')}/?v=10&encoding=json`);
  socket.on('message', () => socket.send(typeof packet === 'string' ? packet : JSON.stringify(packet)));
  const closed = await new Promise((resolve) => socket.on('close', resolve));
  expect(closed).toBe(code);
  await server.stop();
});
