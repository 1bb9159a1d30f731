import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DiscordServer } from './discordServer.js';
import { call, problems, type Reply } from './rest.js';
import type { Channel, Interaction, User } from './world/records.js';

const server = new DiscordServer();
let ada: User;
let channel: Channel;

beforeAll(async () => {
  await server.start();
  await call(server, 'PUT', `/applications/${server.bot.id}/commands`, [
    {
      name: 'feature',
      description: 'Draws a feature',
      options: [
        { type: 4, name: 'layer', description: 'Layer', min_value: 0, max_value: 11, autocomplete: true },
      ],
    },
  ]);
});
afterAll(() => server.stop());

beforeEach(() => {
  ada = server.addUser('ada');
  channel = server.addChannel(server.addGuild('Lab', [ada]), 'features');
});

const command = () => server.people.typeCommand({ user: ada, channel, name: 'feature' });

function callback({ id, token }: Interaction, body: object): Promise<Reply> {
  return call(server, 'POST', `/interactions/${id}/${token}/callback`, body);
}

function webhook({ token }: Interaction, method: string, path: string, body?: object): Promise<Reply> {
  return call(server, method, `/webhooks/${server.bot.id}/${token}${path}`, body);
}

test('an interaction is answered once', async () => {
  const interaction = command();
  expect((await callback(interaction, { type: 5 })).status).toBe(204);
  expect((await callback(interaction, { type: 4, data: { content: 'x' } })).code).toBe(40060);
  expect((await interaction.acknowledged).type).toBe(5);
});

test('an answer that is refused leaves the interaction open', async () => {
  const interaction = command();
  const reply = await callback(interaction, { type: 4, data: { content: 'x'.repeat(2001) } });
  expect(problems(reply)).toEqual({ 'data.content': 'BASE_TYPE_MAX_LENGTH' });
  expect((await callback(interaction, { type: 4, data: { content: 'x' } })).status).toBe(204);
});

test('after three seconds an interaction is unknown and the person is told so', async () => {
  const interaction = command();
  const route = 'POST /interactions/:interaction/:token/callback';
  server.faults.delay(route, 3050);
  const late = callback(interaction, { type: 5 });
  await expect(interaction.acknowledged).rejects.toThrow('The application did not respond');
  expect((await late).code).toBe(10062);
});

test('there is no webhook before the first answer and none after fifteen minutes', async () => {
  const interaction = command();
  expect((await webhook(interaction, 'POST', '', { content: 'x' })).code).toBe(10015);
  await callback(interaction, { type: 4, data: { content: 'x' } });
  server.expireToken(interaction);
  const expired = await webhook(interaction, 'PATCH', '/messages/@original', { content: 'y' });
  expect([expired.status, expired.code]).toEqual([401, 50027]);
  expect(server.original(interaction)?.content).toBe('x');
});

test('the first follow-up fills a deferred answer and keeps its secrecy', async () => {
  const interaction = command();
  await callback(interaction, { type: 5 });
  await webhook(interaction, 'POST', '', { content: 'for all', flags: 64 });
  await webhook(interaction, 'POST', '', { content: 'for ada', flags: 64 });
  expect(server.messages(channel).map(({ content }) => content)).toEqual(['for all']);
  expect(server.ephemerals(ada).map(({ content }) => content)).toEqual(['for ada']);
});

test('an ephemeral answer is out of reach of the channel and of threads', async () => {
  const interaction = command();
  await callback(interaction, { type: 4, data: { content: 'psst', flags: 64 } });
  const { json } = await webhook(interaction, 'GET', '/messages/@original');
  const path = `/channels/${channel.id}/messages/${json.id}`;
  expect((await call(server, 'GET', path)).code).toBe(10008);
  expect((await call(server, 'POST', `${path}/threads`, { name: 'x' })).code).toBe(10008);
  expect((await webhook(interaction, 'DELETE', '/messages/@original')).status).toBe(204);
  expect(server.ephemerals(ada)).toEqual([]);
});

test('an answer needs no permission of the bot in the channel', async () => {
  server.revoke('SendMessages', { channel });
  server.revoke('ViewChannel', { channel });
  const interaction = command();
  expect((await callback(interaction, { type: 4, data: { content: 'x' } })).status).toBe(204);
  expect((await call(server, 'GET', `/channels/${channel.id}`)).code).toBe(50001);
});

test('an answer can come back with its message', async () => {
  const { id, token } = command();
  const path = `/interactions/${id}/${token}/callback?with_response=true`;
  const reply = await call(server, 'POST', path, { type: 4, data: { content: 'x' } });
  expect(reply.status).toBe(200);
  expect(reply.json).toMatchObject({ resource: { type: 4, message: { content: 'x' } } });
});

test.each([
  ['an update of no message', { type: 7, data: { content: 'x' } }, { type: 'BASE_TYPE_CHOICES' }],
  ['choices', { type: 8, data: { choices: [] } }, { type: 'BASE_TYPE_CHOICES' }],
  ['a modal without inputs', modal([]), { 'data.components': 'BASE_TYPE_BAD_LENGTH' }],
  [
    'a modal with six inputs',
    modal(Array.from('123456', (id) => textInput(id))),
    { 'data.components': 'BASE_TYPE_BAD_LENGTH' },
  ],
  [
    'a modal title over 45',
    modal([textInput('a')], 'x'.repeat(46)),
    { 'data.title': 'BASE_TYPE_BAD_LENGTH' },
  ],
])('a command is not answered with %s', async (_what, body, expected) => {
  const reply = await callback(command(), body);
  expect(reply.code).toBe(50035);
  expect(problems(reply)).toEqual(expected);
});

test('at most 25 choices of 100 characters complete an option', async () => {
  const ask = () =>
    server.people.autocomplete({
      user: ada,
      channel,
      name: 'feature',
      options: { layer: '1' },
      focused: 'layer',
    });
  const choices = Array.from({ length: 26 }, (_, value) => ({ name: `Layer ${value}`, value }));
  const asked = ask();
  const interaction = server.interactions.at(-1)!;
  const tooMany = await callback(interaction, { type: 8, data: { choices } });
  expect(problems(tooMany)).toEqual({ 'data.choices': 'BASE_TYPE_MAX_LENGTH' });
  const text = await callback(interaction, { type: 8, data: { choices: [{ name: 'x', value: 'ten' }] } });
  expect(problems(text)).toEqual({ 'data.choices.0.value': 'NUMBER_TYPE_COERCE' });
  await callback(interaction, { type: 8, data: { choices: choices.slice(0, 25) } });
  expect(await asked).toHaveLength(25);
});

test('people cannot send what the client would not let them send', () => {
  const type = (options: Record<string, string | number>) => () =>
    server.people.typeCommand({ user: ada, channel, name: 'feature', options });
  expect(type({ layer: 12 })).toThrow('/feature layer: is at most 11, got 12');
  expect(type({ layer: '1' })).toThrow('/feature layer: expects a number, got "1"');
  expect(type({ depth: 1 })).toThrow('/feature has no option "depth"; it has: layer');
});

test('a select under a label is filled with its default or with what the person picks', async () => {
  const weights = {
    type: 18,
    label: 'Weights',
    component: {
      type: 3,
      custom_id: 'weights',
      options: [
        { label: 'Encoder', value: 'encoder', default: true },
        { label: 'Decoder', value: 'decoder' },
      ],
    },
  };
  const interaction = command();
  expect((await callback(interaction, modal([weights]))).status).toBe(204);
  const values = (sent: Interaction) => (sent.payload.data as { components: unknown }).components;
  const untouched = server.people.submitModal({ interaction, values: {} });
  expect(values(untouched)).toMatchObject([{ type: 18, component: { values: ['encoder'] } }]);
  const picked = server.people.submitModal({ interaction, values: { weights: 'decoder' } });
  expect(values(picked)).toMatchObject([{ type: 18, component: { values: ['decoder'] } }]);
});

function modal(components: object[], title = 'Form') {
  return { type: 9, data: { custom_id: 'form', title, components } };
}

function textInput(customId: string) {
  return { type: 1, components: [{ type: 4, custom_id: customId, style: 1, label: customId }] };
}
