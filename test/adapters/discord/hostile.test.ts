import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QuestionKind } from '../../../src/core/index.js';
import type { Answerer } from '../../../src/jobs/local/localJobs.js';
import { withoutCode } from '../../platforms/discord/reading/codeSpans.js';
import { isSilent } from '../../platforms/discord/reading/pings.js';
import type { Message } from '../../platforms/discord/world/records.js';
import { until } from '../../support/until.js';
import { closeCore, core, Setting } from './setting.js';

let setting: Setting;
let hostile: string[];

/** A model that says what it should not. */
const hostileCore: Answerer = {
  async ask<K extends QuestionKind>(...asked: Parameters<typeof core.ask<K>>) {
    const report = await core.ask(...asked);
    if (report.schema !== 'ghosttree/feature@2') return report;
    const nodes = [report.tree.root];
    for (const [index, node] of nodes.entries()) {
      nodes.push(...node.children);
      if (index > 0) node.token = hostile[index % hostile.length]!;
    }
    const tokens = report.tokens.map((token, index) => ({
      ...token,
      token: hostile[index % hostile.length]!,
    }));
    const definitions = report.definitions.map((definition, index) => ({
      ...definition,
      text: hostile[index % hostile.length]!,
    }));
    return { ...report, definitions, tokens };
  },
};

beforeAll(async () => {
  setting = new Setting();
  await setting.start(hostileCore);
  hostile = [
    '@everyone',
    `<@${setting.ada.id}>`,
    `<@&${setting.guild.id}>`,
    '```',
    '`',
    'https://evil.example/x',
    '[good](https://evil.example/y)',
    'discord.gg/evil',
    '\u202E',
    'x'.repeat(4000),
    '**',
    '||',
    '\n# ',
    '<!channel>',
  ];
});
afterAll(async () => {
  await setting.stop();
  await closeCore();
});

/** That a message notifies nobody, links nowhere, and is laid out as it should be. */
function expectHarmless(message: Message): void {
  const { server } = setting;
  expect(isSilent(server.pings(message))).toBe(true);
  expect(server.links(message)).toEqual([]);
  expect(message.content.length).toBeLessThanOrEqual(2000);
  expect(message.content).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
  expect([0, 2]).toContain(message.content.match(/```/g)?.length ?? 0);
  expect(withoutCode(message.content.replaceAll(/\\./g, ''))).not.toMatch(/<[@#]/);
  // Links unfold nowhere: SUPPRESS_EMBEDS.
  expect(message.flags & 4).toBe(4);
  for (const { allowedMentions } of message.revisions) expect(allowedMentions).toEqual({ parse: [] });
}

test('hostile tokens ping nobody, link nowhere and break nothing', async () => {
  const channel = setting.freshChannel();
  server().grant('MentionEveryone', { channel });
  const interaction = setting.feature({ layer: 0, feature: 7, cutoff: 0.01, tokens: 28 }, channel);
  const thread = await setting.threadOf(interaction);
  const [announcement, ...more] = setting.said(channel);
  const inThread = setting.said(thread);
  expect(inThread.length).toBeGreaterThan(0);
  for (const message of [announcement!, ...more, ...inThread]) expectHarmless(message);
  expect(announcement!.content).toContain('Complete · /feature 0 7 cutoff=0.01 tokens=28');
  const list = inThread.find(({ content }) => content.startsWith('Token list'))!;
  expect(list.content).toContain('@everyone');
  expect(announcement!.components).toHaveLength(2);
});

test('a person cannot make the bot ping or link either', async () => {
  const { ada } = setting;
  const channel = setting.freshChannel();
  for (const text of hostile) {
    const options = { command: `feature 0 7 scale=${text}` };
    const interaction = server().people.typeCommand({ user: ada, channel, name: 'ghosttree', options });
    expect((await interaction.acknowledged).ephemeral).toBe(true);
    expectHarmless(server().original(interaction)!);
  }
});

test('a hostile mention is answered harmlessly', async () => {
  const { ada } = setting;
  const direct = server().directChannel(ada);
  const channel = setting.freshChannel();
  const text = `look @everyone <@${setting.bob.id}> https://evil.example/z`;
  server().people.mention({ user: ada, channel, text });
  await until('a direct message', () => setting.said(direct).length > 0);
  for (const message of setting.said(direct)) expectHarmless(message);
});

function server() {
  return setting.server;
}
