import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel, Choice } from '../../platforms/discord/world/records.js';
import { until } from '../../support/until.js';
import { closeCore, QUICK_LINE, Setting } from './setting.js';

const COMMANDS = '/applications/:application/commands';

let setting: Setting;
let channel: Channel;
beforeAll(async () => {
  setting = await new Setting().start();
});
beforeEach(() => {
  channel = setting.freshChannel();
});
afterAll(async () => {
  await setting.stop();
  await closeCore();
});

test('the commands are typed', () => {
  const { commands } = setting.server;
  expect(commands.map(({ name, type }) => [name, type])).toEqual([
    ['feature', 1],
    ['explain', 1],
    ['activate', 1],
    ['sweep', 1],
    ['compare', 1],
    ['kind', 1],
    ['near', 1],
    ['dream', 1],
    ['daily', 1],
    ['settings', 1],
    ['ghosttree', 1],
    ['Explain this feature', 3],
    ['Features on this text', 3],
  ]);
  const options = commands[0]!.json.options as { name: string }[];
  expect(options.map(({ name }) => name)).toEqual(
    'layer feature address model weights at scale centroid pca m top cutoff trim depth nodes tokens list prompt close prune clamp steer theme'.split(
      ' ',
    ),
  );
  const option = (name: string) => options.find((candidate) => candidate.name === name);
  expect(option('feature')).toEqual({
    type: 4,
    name: 'feature',
    description: 'The number of the feature',
    min_value: 0,
    max_value: 47,
  });
  expect(option('weights')).toMatchObject({
    type: 3,
    choices: [{ name: 'encoder' }, { name: 'decoder' }, { name: 'firing' }],
  });
  expect(option('at')).toMatchObject({
    type: 3,
    description: expect.stringMatching(/^where the ghost is put: /),
  });
  expect(option('scale')).toMatchObject({
    type: 3,
    description: expect.stringMatching(/^distance of the ghost from the place's mean; /),
  });
  expect(option('centroid')).toMatchObject({ type: 3, choices: [{ name: 'on' }, { name: 'off' }] });
  expect(option('pca')).toMatchObject({ type: 10, min_value: -1, max_value: 1 });
  expect(option('depth')).toMatchObject({ type: 4, min_value: 1, max_value: 40 });
  expect(option('nodes')).toMatchObject({ type: 4, min_value: 1, max_value: 20_000 });
});

test('a command that names no feature asks what to do instead', () => {
  const daily = setting.server.commands.find(({ name }) => name === 'daily')!;
  const options = daily.json.options as { name: string }[];
  expect(options.map(({ name }) => name)).toEqual(['do', 'at', 'zone', 'days', 'model', 'layer', 'pick']);
  expect(options[0]).toMatchObject({ type: 3, required: true });
  expect(options[0]).toHaveProperty(
    'choices',
    ['on', 'off', 'now', 'show', 'skip', 'best'].map((verb) => ({ name: verb, value: verb })),
  );
});

test('they are registered only when they changed', async () => {
  const { server } = setting;
  expect(server.requests(`PUT ${COMMANDS}`)).toHaveLength(1);
  await setting.disconnect();
  await setting.connect();
  expect(server.requests(`GET ${COMMANDS}`)).toHaveLength(2);
  expect(server.requests(`PUT ${COMMANDS}`)).toHaveLength(1);

  const [feature] = server.commands;
  server.world.commands.set(feature!.id, { ...feature!, json: { ...feature!.json, description: 'Old' } });
  await setting.disconnect();
  await setting.connect();
  expect(server.requests(`PUT ${COMMANDS}`)).toHaveLength(2);
  expect(server.commands).toHaveLength(13);
  expect(setting.infos.filter((line) => line.includes('registered anew'))).toHaveLength(2);
});

test('models and layers complete themselves', async () => {
  const complete = (focused: string, options: Record<string, string>): Promise<Choice[]> =>
    setting.server.people.autocomplete({ user: setting.ada, channel, name: 'feature', options, focused });
  expect(await complete('model', { model: 'TINY' })).toEqual([
    { name: 'tiny-gpt2: a random GPT-2 of 3 layers', value: 'tiny-gpt2' },
  ]);
  expect(await complete('model', { model: 'gemma' })).toEqual([]);
  expect(await complete('layer', {})).toEqual([
    { name: 'layer 0 of tiny-gpt2', value: 0 },
    { name: 'layer 1 of tiny-gpt2', value: 1 },
  ]);
  expect(await complete('layer', { layer: '1', model: 'tiny-gpt2' })).toEqual([
    { name: 'layer 1 of tiny-gpt2', value: 1 },
  ]);
  expect(await complete('layer', { model: 'other' })).toEqual([]);
});

test('/feature alone opens a form, and the filled form is answered', async () => {
  const { server } = setting;
  const interaction = setting.feature({}, channel);
  expect(await interaction.acknowledged).toMatchObject({ type: 9 });
  server.redeliver(interaction);
  const { title, components } = interaction.modal!;
  expect(title).toBe('Draw a feature');
  expect(components.map(({ label }) => label)).toEqual([
    'Feature',
    'Weights',
    'Scale',
    'Model',
    'More options',
  ]);
  expect(setting.said(channel)).toEqual([]);
  const values = { feature: 'L0 F7', weights: 'decoder', scale: '4', more: 'cutoff=0.01 tokens=20' };
  const submitted = server.people.submitModal({ interaction, values });
  const thread = await setting.threadOf(submitted);
  expect(setting.said(channel)[0]!.content).toContain(
    'Complete · /feature 0 7 weights=decoder scale=4 cutoff=0.01 tokens=20',
  );
  expect(setting.said(thread)).toHaveLength(2);
});

test('what is wrong in the form is told to the person only', async () => {
  const { server } = setting;
  const interaction = setting.feature({}, channel);
  await interaction.acknowledged;
  const submitted = server.people.submitModal({ interaction, values: { feature: '0 7', more: 'oops=1' } });
  expect(await submitted.acknowledged).toMatchObject({ type: 4, ephemeral: true });
  expect(server.original(submitted)!.content).toMatch(/^There is no option "oops"/);
});

test('values with spaces and quotes come through typed options', async () => {
  const prompt = `Isn't "{ghost}" another word for "`;
  setting.feature({ address: '0/7', prompt, cutoff: 0.01, tokens: 5, nodes: 50 }, channel);
  const said = await until('an answer with its line', () => {
    const [announcement] = setting.said(channel);
    return announcement?.content.includes('Complete · ') && announcement;
  });
  expect(said.content).toContain(`prompt='Isn'"'"'t "{ghost}" another word for "'`);
});

test('"Explain this feature" answers in a thread of the message that names it', async () => {
  const { server, ada, bob } = setting;
  const message = server.people.say({ user: bob, channel, text: 'what about L0 F7 then?' });
  const explain = server.people.contextMenu({ user: ada, message, name: 'Explain this feature' });
  expect(await explain.acknowledged).toMatchObject({ type: 5, ephemeral: true });
  const thread = await until('a thread of the message', () => server.threadOf(message));
  await setting.answered(thread);
  // A hundred tokens need two messages.
  const said = await until('four messages', () => {
    const all = setting.said(thread);
    return all.length === 4 ? all : undefined;
  });
  expect(said[0]!.content).toContain('Complete · /feature 0 7');
  expect(server.original(explain)!.content).toBe(`The answer is in <#${thread.id}>.`);
  expect(setting.said(channel)).toEqual([]);

  // Again, where the thread exists by now; and by somebody inside it.
  server.people.contextMenu({ user: bob, message, name: 'Explain this feature' });
  await setting.answered(thread, 2);
  const inside = server.people.say({ user: bob, channel: thread, text: 'again: layer 0 feature 7' });
  server.people.contextMenu({ user: bob, message: inside, name: 'Explain this feature' });
  expect(
    (await setting.answered(thread, 3)).filter(({ content }) => content.includes('Complete · /feature 0 7')),
  ).toHaveLength(3);
  expect(server.threads(channel)).toHaveLength(1);
});

test('"Explain this feature" is flat where there can be no thread', async () => {
  const { server, ada, bob } = setting;
  server.revoke('CreatePublicThreads', { channel });
  const message = server.people.say({ user: bob, channel, text: 'L0 F7' });
  const explain = server.people.contextMenu({ user: ada, message, name: 'Explain this feature' });
  await until('four messages', () => setting.said(channel).length === 4 || undefined);
  expect(server.original(explain)!.content).toBe(`The answer is in <#${channel.id}>.`);
});

test('a message that names no feature, or one that does not exist, is told to the person only', async () => {
  const { server, ada, bob } = setting;
  const explain = async (text: string) => {
    const message = server.people.say({ user: bob, channel, text });
    const interaction = server.people.contextMenu({ user: ada, message, name: 'Explain this feature' });
    await until('an answer to the person', () => server.original(interaction)?.content || undefined);
    expect(interaction.ack!.ephemeral).toBe(true);
    return server.original(interaction)!.content;
  };
  expect(await explain('nothing')).toBe(
    'There is no feature in that message: I look for an address of neuronpedia.org, or something like L10 F777.',
  );
  expect(await explain('see https://www.neuronpedia.org/gemma-2b/10-res-jb/777')).toMatch(
    /^There is no model "gemma-2b"/,
  );
  expect(setting.said(channel)).toEqual([]);
  expect(server.threads(channel)).toEqual([]);
});

test('"Features on this text" asks for layer and feature, and answers in a thread of the message', async () => {
  const { server, ada, bob } = setting;
  const message = server.people.say({ user: bob, channel, text: 'the ship isn\'t "here"\nand a=b' });
  const menu = server.people.contextMenu({ user: ada, message, name: 'Features on this text' });
  expect(await menu.acknowledged).toMatchObject({ type: 9 });
  expect(menu.modal!.components.map(({ label }) => label)).toEqual(['Layer', 'Feature', 'Text']);
  expect(menu.modal!.components[2]!.component!.value).toBe('the ship isn\'t "here"\nand a=b');
  const last = async (count: number) => {
    const thread = await until('a thread of the message', () => server.threadOf(message));
    return until(`${count} answers in the thread`, () => {
      const said = setting.said(thread);
      const whole = said.filter(({ content }) => content.includes('Complete · '));
      return whole.length >= count ? whole : undefined;
    });
  };
  // As it is: the strongest features of the last layer.
  server.people.submitModal({ interaction: menu, values: {} });
  expect((await last(1))[0]!.content).toContain('tiny-gpt2 · layer 1 · strongest features');
  const again = server.people.contextMenu({ user: ada, message, name: 'Features on this text' });
  await again.acknowledged;
  server.people.submitModal({ interaction: again, values: { layer: '0 model=tiny-gpt2', feature: '7' } });
  expect((await last(2))[1]!.content).toContain(
    `Complete · /activate 0 7 'the ship isn'"'"'t "here"' 'and a=b'`,
  );
  expect(setting.said(channel)).toEqual([]);
});

test('/activate alone opens the form, empty', async () => {
  const { server, ada } = setting;
  const interaction = server.people.typeCommand({ user: ada, channel, name: 'activate', options: {} });
  expect(await interaction.acknowledged).toMatchObject({ type: 9 });
  server.people.submitModal({ interaction, values: { feature: '7', text: 'the ship' } });
  const said = await until('an answer with its line', () => {
    const [announcement] = setting.said(channel);
    return announcement?.content.includes('Complete · ') && announcement;
  });
  expect(said.content).toContain(`Complete · /activate 1 7 'the ship'`);
});

test('a text typed as an option needs no quotes', async () => {
  const options = { layer: 0, feature: 7, text: 'a = "b", isn\'t it' };
  setting.server.people.typeCommand({ user: setting.ada, channel, name: 'activate', options });
  const said = await until('an answer with its line', () => {
    const [announcement] = setting.said(channel);
    return announcement?.content.includes('Complete · ') && announcement;
  });
  expect(said.content).toContain(`Complete · /activate 0 7 'a = "b", isn'"'"'t it'`);
});

test('a whole line can be typed into /ghosttree', async () => {
  const options = { command: QUICK_LINE };
  const { server, ada } = setting;
  const interaction = server.people.typeCommand({ user: ada, channel, name: 'ghosttree', options });
  expect(setting.said(await setting.threadOf(interaction))).toHaveLength(2);
});

test('nothing of this was reported as a fault', () => {
  expect(setting.faults).toEqual([]);
});
