import { afterAll, beforeAll, expect, test } from 'vitest';
import { DiscordServer } from './discordServer.js';
import { call, problems } from './rest.js';

const server = new DiscordServer();
const path = `/applications/${server.bot.id}/commands`;

beforeAll(() => server.start());
afterAll(() => server.stop());

const slash = (more: object = {}) => ({ name: 'feature', description: 'Draws a feature', ...more });
const option = (more: object = {}) => ({ type: 3, name: 'weights', description: 'Side', ...more });

test.each([
  ['a name with capitals', slash({ name: 'Feature' }), { name: 'APPLICATION_COMMAND_INVALID_NAME' }],
  ['a name with blanks', slash({ name: 'a b' }), { name: 'APPLICATION_COMMAND_INVALID_NAME' }],
  ['no description', { name: 'feature' }, { description: 'BASE_TYPE_REQUIRED' }],
  [
    'a description over 100',
    slash({ description: 'x'.repeat(101) }),
    { description: 'BASE_TYPE_BAD_LENGTH' },
  ],
  [
    '26 options',
    slash({ options: Array.from({ length: 26 }, (_, n) => option({ name: `o${n}` })) }),
    { options: 'BASE_TYPE_MAX_LENGTH' },
  ],
  [
    '26 choices',
    slash({
      options: [option({ choices: Array.from({ length: 26 }, (_, n) => ({ name: `${n}`, value: `${n}` })) })],
    }),
    { 'options.0.choices': 'BASE_TYPE_MAX_LENGTH' },
  ],
  [
    'an unknown option type',
    slash({ options: [option({ type: 12 })] }),
    { 'options.0.type': 'BASE_TYPE_CHOICES' },
  ],
  [
    'a required option after an optional one',
    slash({ options: [option(), option({ name: 'layer', required: true })] }),
    { 'options.1': 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID' },
  ],
  [
    'choices with autocomplete',
    slash({ options: [option({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] }),
    { 'options.0.autocomplete': 'APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID' },
  ],
  [
    'a description on a context menu command',
    { type: 3, name: 'Explain', description: 'x' },
    { description: 'APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_INVALID' },
  ],
])('%s is not registered', async (_what, body, expected) => {
  const reply = await call(server, 'POST', path, body);
  expect(reply.code).toBe(50035);
  expect(problems(reply)).toEqual(expected);
  const bulk = await call(server, 'PUT', path, [{ name: 'ok', description: 'ok' }, body]);
  const numbered = Object.entries(expected).map(([at, code]) => [`1.${at}`, code]);
  expect(problems(bulk)).toEqual(Object.fromEntries(numbered));
  expect(server.commands).toEqual([]);
});

test('registering the same list again changes neither ids nor versions', async () => {
  const list = [slash({ options: [option()] }), { type: 3, name: 'Explain this feature' }];
  const first = await call(server, 'PUT', path, list);
  const second = await call(server, 'PUT', path, list);
  expect(second.json).toEqual(first.json);
  const third = await call(server, 'PUT', path, [slash({ description: 'New' })]);
  const [was] = first.json as unknown as { id: string; version: string }[];
  const [is] = third.json as unknown as { id: string; version: string }[];
  expect(is!.id).toBe(was!.id);
  expect(is!.version).not.toBe(was!.version);
  expect(server.commands.map(({ name }) => name)).toEqual(['feature']);
});

test("a guild's command hides the global one there and nowhere else", async () => {
  const ada = server.addUser('ada');
  const guild = server.addGuild('Lab', [ada]);
  const [here, elsewhere] = [
    server.addChannel(guild, 'a'),
    server.addChannel(server.addGuild('B', [ada]), 'b'),
  ];
  await call(server, 'PUT', path, [slash()]);
  await call(server, 'PUT', `/applications/${server.bot.id}/guilds/${guild.id}/commands`, [slash()]);
  const guildOf = (channel: typeof here) =>
    (server.people.typeCommand({ user: ada, channel, name: 'feature' }).payload.data as { guild_id?: string })
      .guild_id;
  expect([guildOf(here), guildOf(elsewhere)]).toEqual([guild.id, undefined]);
});

test('a command for guilds only is not offered in direct messages', async () => {
  const ada = server.addUser('ada');
  server.addGuild('Lab', [ada]);
  await call(server, 'PUT', path, [slash({ contexts: [0] })]);
  const channel = server.directChannel(ada);
  expect(() => server.people.typeCommand({ user: ada, channel, name: 'feature' })).toThrow(
    'no command "feature"',
  );
});

test('subcommands are typed after their command and nested in the event', async () => {
  const ada = server.addUser('ada');
  const channel = server.addChannel(server.addGuild('Lab', [ada]), 'features');
  const draw = { type: 1, name: 'draw', description: 'Draws', options: [option()] };
  await call(server, 'PUT', path, [slash({ options: [draw] })]);
  const type = (name: string) =>
    server.people.typeCommand({ user: ada, channel, name, options: { weights: 'encoder' } });
  expect(type('feature draw').payload.data).toMatchObject({
    name: 'feature',
    options: [{ name: 'draw', type: 1, options: [{ name: 'weights', type: 3, value: 'encoder' }] }],
  });
  expect(() => type('feature')).toThrow('/feature wants a subcommand: draw');
});
