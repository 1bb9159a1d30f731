import { expect, test } from 'vitest';
import { DiscordServer } from './discordServer.js';
import { isSilent } from './reading/pings.js';
import { editMessage, postMessage } from './world/messages.js';
import type { AllowedMentions } from './world/records.js';

const server = new DiscordServer();
const ada = server.addUser('ada');
const bob = server.addUser('bob');
const guild = server.addGuild('Lab', [ada, bob]);
const channel = server.addChannel(guild, 'features');
const team = server.addRole(guild, 'team', [], { mentionable: true });
const staff = server.addRole(guild, 'staff');

function message(content: string, allowedMentions?: AllowedMentions) {
  const draft = { content, ...(allowedMentions === undefined ? {} : { allowedMentions }) };
  return postMessage(server.world, channel, { author: server.bot, draft });
}

test('without limits a text pings the people and mentionable roles it names', () => {
  const pings = server.pings(message(`<@${ada.id}> <@!${bob.id}> <@&${team.id}> <@&${staff.id}> <@1>`));
  expect(pings).toEqual({ everyone: false, here: false, userIds: [ada.id, bob.id], roleIds: [team.id] });
});

test('everyone is pinged only by who may', () => {
  const text = '@everyone @here';
  expect(isSilent(server.pings(message(text)))).toBe(true);
  server.grant('MentionEveryone', { channel });
  expect(server.pings(message(text))).toMatchObject({ everyone: true, here: true });
  expect(isSilent(server.pings(message(text, { parse: [] })))).toBe(true);
  server.revoke('MentionEveryone', { channel });
});

test('allowed mentions narrow a ping to the listed', () => {
  const text = `<@${ada.id}> <@${bob.id}> <@&${team.id}>`;
  expect(server.pings(message(text, { users: [ada.id] }))).toMatchObject({ userIds: [ada.id], roleIds: [] });
  expect(server.pings(message(text, { parse: ['roles'] }))).toMatchObject({
    userIds: [],
    roleIds: [team.id],
  });
});

test('an edit notifies nobody, but what it would ping can be seen', async () => {
  const posted = message('growing');
  const edit = { content: `<@${ada.id}> done`, flags: 0, enforceNonce: false, repliesToNothing: false };
  editMessage(server.world, posted, edit);
  expect(isSilent(server.pings(posted))).toBe(true);
  expect(server.pingsInAnyText(posted).userIds).toEqual([ada.id]);
});

test('nothing pings from inside code, unless the code ends early', () => {
  const name = `<@${ada.id}>`;
  for (const text of [`\`${name}\``, `\`\`${name} \` x\`\``, `\`\`\`\n${name}\n\`\`\``]) {
    expect(isSilent(server.pings(message(text)))).toBe(true);
  }
  for (const text of [`\`a\`${name}\``, `\`\`\`a\`\`\`${name}`, `\`${name}`]) {
    expect(server.pings(message(text)).userIds).toEqual([ada.id]);
  }
});

test('links are bare, masked, in embeds and on buttons, and not in code', () => {
  const posted = postMessage(server.world, channel, {
    author: server.bot,
    draft: {
      content: 'see https://a.example/x, [here](https://b.example) `https://c.example` \\[no](nothing)',
      embeds: [
        { type: 'rich', title: 'Feature', url: 'https://d.example', description: '[e](https://e.example)' },
      ],
      components: [{ type: 1, components: [{ type: 2, style: 5, label: 'Open', url: 'https://f.example' }] }],
    },
  });
  expect(server.links(posted).map(({ where, text, url }) => `${where} ${text} ${url}`)).toEqual([
    'content here https://b.example',
    'content https://a.example/x https://a.example/x',
    'embed Feature https://d.example',
    'embed e https://e.example',
    'button Open https://f.example',
  ]);
});
