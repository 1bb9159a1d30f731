import { REST } from 'discord.js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DiscordPlace, type Source } from '../../../src/adapters/discord/place.js';
import { DiscordApi } from '../../../src/adapters/discord/posting/api.js';
import { DiscordServer } from '../../platforms/discord/discordServer.js';
import type { Channel } from '../../platforms/discord/world/records.js';

const server = new DiscordServer();
let api: DiscordApi;
let channel: Channel;
let source: Source;

beforeAll(async () => {
  await server.start();
  const rest = new REST({ api: server.apiUrl }).setToken(server.token);
  api = new DiscordApi(rest, server.world.applicationId);
});
beforeEach(() => {
  const ada = server.addUser('ada');
  channel = server.addChannel(server.addGuild('Lab', [ada]), 'features');
  source = { userId: ada.id, channelId: channel.id, isDirect: false, threads: true };
});
afterAll(() => server.stop());

/** What stands in a channel or thread, without what Discord itself says there. */
function texts(where: Channel): string[] {
  return server
    .messages(where)
    .filter(({ type }) => type === 0)
    .map(({ content }) => content);
}

test('the thread is started when there is something to say in it', async () => {
  const place = new DiscordPlace(api, source);
  await place.announce({ title: 'layer 0 · feature 7', text: 'Starting' });
  expect(server.threads(channel)).toEqual([]);
  const [announcement] = server.messages(channel);
  expect(place.thread).toBe(`discord:${announcement!.id}`);
  await place.say({ text: 'Hello' });
  const [thread] = server.threads(channel);
  expect(place.thread).toBe(`discord:${thread!.id}`);
  expect(texts(thread!)).toEqual(['Hello']);
  expect(thread!.name).toBe('layer 0 · feature 7');
});

test('progress is edited no more often than every second and a half', () => {
  expect(new DiscordPlace(api, source).editEvery).toBe(1500);
});

test('an announcement that is too long for one message goes on in the thread', async () => {
  const place = new DiscordPlace(api, source);
  await place.announce({ title: 'Long', text: 'Starting' });
  await place.edit({ title: 'Long', text: Array(400).fill('tenletters').join(' ') });
  expect(texts(channel)).toHaveLength(1);
  const all = [...texts(channel), ...texts(server.threads(channel)[0]!)];
  expect(all).toHaveLength(4);
  expect(all[0]).toMatch(/^\*\*Long\*\*\ntenletters /);
  expect(all.join(' ').match(/tenletters/g)).toHaveLength(400);
});

test('a picture of more than 10 MiB is told as text, and not even sent', async () => {
  const place = new DiscordPlace(api, source);
  await place.announce({ title: 'Large', text: 'Starting' });
  const before = server.invalidRequests.length;
  await place.picture({ name: 'tree.png', alt: 'A tree', png: Buffer.alloc(10 * 1024 * 1024 + 1) }, 'Large');
  expect(texts(server.threads(channel)[0]!)).toEqual([
    '**Large**\nThe picture is missing: it is too large for Discord.\nA tree',
  ]);
  expect(server.invalidRequests).toHaveLength(before);
});

test('a description longer than Discord takes is cut', async () => {
  const place = new DiscordPlace(api, source);
  await place.announce({ title: 'Alt', text: 'Starting' });
  await place.picture({ name: 'tree.png', alt: 'word '.repeat(1000), png: Buffer.from('png') }, 'Alt');
  const [file] = server.messages(server.threads(channel)[0]!).flatMap(({ attachments }) => attachments);
  expect(file!.description).toMatch(/^(word )+wor?d?…$/);
  expect(file!.description!.length).toBeLessThanOrEqual(1024);
});

test('an announcement that is deleted again and again is given up', async () => {
  const place = new DiscordPlace(api, { ...source, threads: false });
  await place.announce({ text: 'One' });
  for (const text of ['Two', 'Three']) {
    server.deleteMessage(server.messages(channel).at(-1)!);
    await place.edit({ text });
    expect(texts(channel)).toEqual([text]);
  }
  server.deleteMessage(server.messages(channel)[0]!);
  await expect(place.edit({ text: 'Four' })).rejects.toThrow('Unknown Message');
});
