import type { TextChannel } from 'discord.js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connected } from './client.js';
import { DiscordServer } from './discordServer.js';
import { OBSERVED } from './rest/rateLimits.js';
import { call } from './rest.js';

const POST = 'POST /channels/:channel/messages';
const PNG = { attachment: Buffer.from('picture'), name: 'tree.png' };

type Setting = Awaited<ReturnType<typeof connected>>;
let setting: Setting;
let channel: TextChannel;

beforeAll(async () => {
  setting = await connected();
});
afterAll(() => setting.stop());

beforeEach(async () => {
  const { server, client, guild } = setting;
  server.faults.clear();
  const { id } = server.addChannel(guild, 'fresh');
  channel = (await client.channels.fetch(id)) as TextChannel;
});

/** The texts that arrived in the test's channel. */
function posted(): string[] {
  return setting.server.world.messagesIn(channel.id).map(({ content }) => content);
}

test('a limited call is repeated by the client after the time it was told', async () => {
  const { server } = setting;
  server.faults.rateLimit(POST, { retryAfter: 0.2 });
  await channel.send('late');
  expect(posted()).toEqual(['late']);
  expect(
    server
      .requests(POST)
      .slice(-2)
      .map(({ status }) => status),
  ).toEqual([429, 200]);
});

test('the client repeats a failed call three times, then gives up', async () => {
  setting.server.faults.fail(POST, { times: 3 });
  await channel.send('fourth time lucky');
  setting.server.faults.fail(POST, { times: 4 });
  await expect(channel.send('never')).rejects.toMatchObject({ status: 500 });
  expect(posted()).toEqual(['fourth time lucky']);
});

test('a call that took effect but answered 502 is posted twice, unless its nonce is enforced', async () => {
  setting.server.faults.fail(POST, { status: 502, when: 'after' });
  await channel.send('twice');
  setting.server.faults.fail(POST, { status: 502, when: 'after' });
  await channel.send({ content: 'once', nonce: 'job-1', enforceNonce: true });
  expect(posted()).toEqual(['twice', 'twice', 'once']);
});

test('a cut connection is an error to the caller, whether or not the message was posted', async () => {
  setting.server.faults.drop(POST, 'before');
  await expect(channel.send('lost')).rejects.toThrow('other side closed');
  setting.server.faults.drop(POST, 'after');
  await expect(channel.send('posted')).rejects.toThrow('other side closed');
  expect(posted()).toEqual(['posted']);
});

test('a torn connection is repeated by the client, so what took effect is posted twice', async () => {
  setting.server.faults.drop(POST, 'after', { reset: true });
  await channel.send('twice');
  setting.server.faults.drop(POST, 'after', { reset: true });
  await channel.send({ content: 'once', nonce: 'job-2', enforceNonce: true });
  expect(posted()).toEqual(['twice', 'twice', 'once']);
});

test('an answer held up beyond the time limit of the client is asked for again', async () => {
  const { server, client } = setting;
  const { timeout } = client.rest.options;
  client.rest.options.timeout = 100;
  server.faults.delay(POST, 300, { when: 'after' });
  await channel.send('slow');
  client.rest.options.timeout = timeout;
  expect(posted()).toEqual(['slow', 'slow']);
});

test('a refused file leaves the text', async () => {
  setting.server.faults.refuseFiles();
  await expect(channel.send({ content: 'both', files: [PNG] })).rejects.toMatchObject({ code: 40005 });
  await channel.send('only text');
  expect(posted()).toEqual(['only text']);
});

test('a refusal comes with its code', async () => {
  setting.server.faults.refuse(POST, 'missingPermissions');
  await expect(channel.send('x')).rejects.toMatchObject({ code: 50013, status: 403 });
});

test('a permission taken away is known to the client, unless silently', async () => {
  const { server, client } = setting;
  const platformChannel = server.world.channel(channel.id);
  const believes = () => channel.permissionsFor(client.user!)?.has('AttachFiles');
  server.revoke('AttachFiles', { channel: platformChannel, silently: true });
  await expect(channel.send({ files: [PNG] })).rejects.toMatchObject({ code: 50013 });
  expect(believes()).toBe(true);
  server.revoke('AttachFiles', { channel: platformChannel });
  await expect.poll(believes).toBe(false);
});

test('a bot thrown out of a guild has no access there and its commands are gone', async () => {
  const { server, client, ada } = setting;
  const guild = server.addGuild('Short visit', [ada]);
  const place = server.addChannel(guild, 'features');
  const visited = (await client.channels.fetch(place.id)) as TextChannel;
  server.kickBot(guild);
  await expect(visited.send('x')).rejects.toMatchObject({ code: 50001 });
  expect(() => server.people.typeCommand({ user: ada, channel: place, name: 'feature' })).toThrow(
    'no command',
  );
});

test('a fault for a route that does not exist is a mistake of the test', () => {
  expect(() => setting.server.faults.fail('POST /messages')).toThrow('no route "POST /messages"');
});

test('limits are told in headers and kept per channel', async () => {
  const server = new DiscordServer({ rateLimits: OBSERVED });
  await server.start();
  const guild = server.addGuild('Lab');
  const [first, second] = [server.addChannel(guild, 'a'), server.addChannel(guild, 'b')];
  const send = (id: string) => call(server, 'POST', `/channels/${id}/messages`, { content: 'x' });
  for (const left of ['4', '3', '2', '1', '0']) {
    expect((await send(first.id)).headers.get('x-ratelimit-remaining')).toBe(left);
  }
  const limited = await send(first.id);
  expect(limited.status).toBe(429);
  expect(limited.json).toMatchObject({ global: false });
  expect(Number(limited.json.retry_after)).toBeGreaterThan(3);
  expect((await send(second.id)).status).toBe(200);
  expect(server.invalidRequests).toHaveLength(1);
  await server.stop();
});
