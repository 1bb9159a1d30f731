import { afterAll, beforeAll, expect, test } from 'vitest';
import { OBSERVED } from '../../platforms/discord/rest/rateLimits.js';
import type { Channel } from '../../platforms/discord/world/records.js';
import { ownTime } from '../../support/ownTime.js';
import { until } from '../../support/until.js';
import { buttonNamed, closeCore, QUICK, QUICK_LINE, Setting } from './setting.js';

let setting: Setting;
beforeAll(async () => {
  setting = await new Setting().start();
});
afterAll(async () => {
  await setting.stop();
  await closeCore();
});

test('a command is acknowledged, announced, and answered in a thread with picture, list and buttons', async () => {
  const channel = setting.freshChannel();
  const asked = ownTime();
  const interaction = setting.feature(QUICK, channel);
  const ack = await interaction.acknowledged;
  expect(ownTime() - asked).toBeLessThan(1000);
  expect(ack).toMatchObject({ type: 4, ephemeral: false });
  const thread = await setting.threadOf(interaction);

  const [announcement, ...others] = setting.said(channel);
  expect(others).toEqual([]);
  expect(announcement!.content).toMatch(
    /^\*\*tiny-gpt2 · layer 0 · feature 7 · encoder · at the input at 1 × /,
  );
  expect(announcement!.content).toContain(`Complete · /${QUICK_LINE}`);

  expect(thread.name).toBe('tiny-gpt2 · layer 0 · feature 7');
  const [tree, list, ...rest] = setting.said(thread);
  expect(rest).toEqual([]);
  expect(announcement!.attachments).toHaveLength(1);
  const [file] = announcement!.attachments;
  expect(file!.filename).toBe('tiny-gpt2-L0-F7-encoder-cutoff0.01-tokens20.png');
  expect(file!.bytes.subarray(1, 4).toString()).toBe('PNG');
  expect(file!.description).toContain('The model says');
  expect(tree!.attachments[0]!.filename).toBe('tiny-gpt2-L0-F7-encoder-cutoff0.01-tokens20-tree.png');
  expect(list!.content).toMatch(/^Token list, nearest first\n```\n {2}1 {2}\d\.\d{3} {2}/);
  expect(list!.components).toEqual([]);
  const buttons = announcement!.components.map(({ components }) => components!.map(({ label }) => label));
  expect(buttons).toEqual([
    ['Explain', 'Texts', 'Logits'],
    ['Neighbours', 'Decoder', 'Details'],
  ]);
  expect(buttonNamed(announcement!, 'Decoder')).toMatch(/^ask:/);
  // Embeds stay suppressed; a plain attachment is shown in Discord's larger box.
  expect(announcement!.flags & 4).toBe(4);
  expect(setting.faults).toEqual([]);
});

test('a button asks again in the same thread, after a restart, too', async () => {
  const { server } = setting;
  const channel = setting.freshChannel();
  const thread = await setting.threadOf(setting.feature(QUICK, channel));
  const [answer] = setting.said(channel);
  await setting.disconnect();
  await setting.connect();

  const press = (label: string, message = answer!) =>
    server.people.clickButton({ user: setting.bob, message, customId: buttonNamed(message, label)! });
  const ack = await press('Decoder').acknowledged;
  expect(ack.type).toBe(6);
  const said = await setting.answered(thread, 2);
  expect(said).toHaveLength(5);
  expect(said[2]!.content).toContain('· decoder · at the input at 1 × ');
  expect(said[2]!.attachments[0]!.filename).toBe('tiny-gpt2-L0-F7-decoder-cutoff0.01-tokens20.png');
  expect(setting.said(channel)).toHaveLength(1);

  await press('Details').acknowledged;
  const details = await until('the details, for Bob alone', () => server.ephemerals(setting.bob).at(-1));
  expect(details.content).toContain('Parameters: weights=encoder');
  expect(details.channelId).toBe(channel.id);
  // Asked of what only Bob sees in the channel, it comes into the thread of the answer.
  press('JSON', details);
  const withFile = await until('the report', () =>
    setting.said(thread).find(({ attachments }) => attachments[0]?.filename.endsWith('.json')),
  );
  expect(withFile.attachments[0]!.filename).toBe('tiny-gpt2-L0-F7-encoder-cutoff0.01-tokens20.json');
  expect(JSON.parse(withFile.attachments[0]!.bytes.toString()).schema).toBe('ghosttree/feature@2');
});

test('a mention in the thread changes what the thread is about', async () => {
  const channel = setting.freshChannel();
  const thread = await setting.threadOf(setting.feature(QUICK, channel));
  setting.server.people.mention({ user: setting.bob, channel: thread, text: 'scale=5 weights=decoder' });
  const said = await setting.answered(thread, 2);
  expect(said[2]!.content).toMatch(/· decoder · at the input at 5 × /);
  expect(said[2]!.content).toContain('Complete · /feature 0 7 weights=decoder scale=5 cutoff=0.01 tokens=20');
  expect(setting.said(channel)).toHaveLength(1);
});

test('a slash command in the thread does the same, and a whole command asks something else', async () => {
  const channel = setting.freshChannel();
  const thread = await setting.threadOf(setting.feature(QUICK, channel));
  setting.feature({ scale: '5' }, thread);
  expect((await setting.answered(thread, 2))[2]!.content).toMatch(
    /feature 7 · encoder · at the input at 5 × /,
  );
  setting.feature({ ...QUICK, feature: 8 }, thread);
  expect((await setting.answered(thread, 3))[5]!.content).toMatch(
    /feature 8 · encoder · at the input at 1 × /,
  );
});

test('a mention in a channel is answered there, in a thread of the answer', async () => {
  const { server } = setting;
  const channel = setting.freshChannel();
  server.people.mention({ user: setting.ada, channel, text: `L0 F7 cutoff=0.01 tokens=20` });
  const thread = await until('a thread', () => server.threads(channel)[0]);
  await setting.answered(thread);
  expect(setting.said(channel)).toHaveLength(1);
  expect(server.threadOf(setting.said(channel)[0]!)).toBe(thread);
});

test('direct messages have no threads: the answer is flat, and options change it', async () => {
  const { server } = setting;
  const channel = server.directChannel(setting.ada);
  server.people.say({ user: setting.ada, channel, text: QUICK_LINE });
  await setting.answered(channel);
  server.people.say({ user: setting.ada, channel, text: 'scale=5' });
  const said = await setting.answered(channel, 2);
  expect(said).toHaveLength(6);
  expect(said[3]!.content).toMatch(/at the input at 5 × /);
  setting.feature({ weights: 'decoder' }, channel);
  expect((await setting.answered(channel, 3))[6]!.content).toMatch(/decoder · at the input at 5 × /);
});

test.each([
  [{ layer: 9, feature: 9 }, 'tiny-gpt2 has no SAE at layer 9; layers with one: 0, 1.'],
  [{ address: 'nonsense' }, '"nonsense" names no feature: expected a layer and a feature'],
  [{ layer: 0, feature: 7, scale: '-4' }, 'scale=-4: expected 0.01..64 or auto or best.'],
])('%j is refused to the person who asked only', async (options, message) => {
  const { server } = setting;
  const channel = setting.freshChannel();
  const interaction = setting.feature(options, channel);
  expect((await interaction.acknowledged).ephemeral).toBe(true);
  expect(server.original(interaction)!.content).toContain(message);
  expect(server.messages(channel)).toEqual([]);
});

test('help and the list of models are for the person who asked only', async () => {
  const { server } = setting;
  const channel = setting.freshChannel();
  const type = async (options: Record<string, string>) => {
    const interaction = server.people.typeCommand({ user: setting.ada, channel, name: 'ghosttree', options });
    expect((await interaction.acknowledged).ephemeral).toBe(true);
    return server.original(interaction)!.content;
  };
  expect(await type({})).toMatch(
    /^\*\*ghosttree\*\*\n```\nPictures of what sparse-autoencoder features mean/,
  );
  expect(await type({ command: 'models' })).toContain('tiny-gpt2 (default): a random GPT-2 of 3 layers');
  expect(await type({ command: 'help feature' })).toContain('0.01..64 or auto or best');
  expect(server.messages(channel)).toEqual([]);
});

test('what is wrong with a mention is told in direct messages, or in place where those are closed', async () => {
  const { server, bob } = setting;
  const channel = setting.freshChannel();
  const direct = server.directChannel(bob);
  server.people.mention({ user: bob, channel, text: '0 7 scal=1' });
  const [told] = await until(
    'a direct message',
    () => setting.said(direct).length > 0 && setting.said(direct),
  );
  expect(told!.content).toMatch(/^There is no option "scal"\. Did you mean "scale"\?/);
  expect(setting.said(channel)).toEqual([]);

  bob.acceptsDirectMessages = false;
  server.people.mention({ user: bob, channel, text: '0 7 scal=2' });
  await until('a message in the channel', () => setting.said(channel).length > 0);
  bob.acceptsDirectMessages = true;
  expect(setting.said(channel)[0]!.content).toMatch(/^There is no option "scal"/);
});

test('an event that arrives twice is answered once', async () => {
  const { server } = setting;
  const channel = setting.freshChannel();
  const interaction = setting.feature(QUICK, channel);
  server.redeliver(interaction);
  const thread = await setting.threadOf(interaction);
  server.redeliver(interaction);
  await heard(channel);
  expect(setting.said(channel)).toHaveLength(1);
  expect(setting.said(thread)).toHaveLength(2);
});

test('what others say is not heard', async () => {
  const { server, ada } = setting;
  const channel = setting.freshChannel();
  const posted = server.requests('POST /channels/:channel/messages').length;
  server.people.say({ user: ada, channel, text: 'feature 0 7' });
  const parent = server.people.say({ user: ada, channel, text: `about <@${ada.id}>` });
  server.people.say({ user: ada, channel, text: 'feature 0 7', replyTo: parent });
  await heard(channel);
  expect(setting.said(channel)).toEqual([]);
  expect(server.requests('POST /channels/:channel/messages')).toHaveLength(posted);
});

/** Resolves when all events until now were heard: events stay in order. */
async function heard(channel: Channel): Promise<void> {
  await setting.feature({ layer: 9, feature: 9 }, channel).acknowledged;
}

test("within Discord's own rate limits five people are answered, and hardly a request is refused", async () => {
  const limited = await new Setting({ rateLimits: OBSERVED }).start();
  const { server, guild, channel } = limited;
  const interactions = [0, 1, 2, 3, 4].map((feature) => {
    const user = server.addUser(`person${feature}`);
    guild.members.set(user.id, { user, roleIds: new Set(), joinedAt: 0 });
    return limited.feature({ ...QUICK, feature }, channel, user);
  });
  for (const interaction of interactions) {
    expect(limited.said(await limited.threadOf(interaction))).toHaveLength(2);
  }
  expect(server.invalidRequests.length).toBeLessThan(3);
  await limited.stop();
});
