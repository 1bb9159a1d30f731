import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Notice, NoticeBoard } from '../../../src/adapters/chat/platform.js';
import { closeCore, core, Setting } from '../discord/setting.js';
import { shown, Team } from '../slack/team.js';

let discord: Setting;
let slack: Team;
beforeAll(async () => {
  discord = await new Setting().start();
  slack = await Team.start(core);
});
afterAll(async () => {
  await slack.stop();
  await discord.stop();
  await closeCore();
});

const confirm = async () => {};
const first = { again: false, confirm };
const again = { again: true, confirm };
const PICTURE = {
  name: 'feature-of-the-day-2026-11-23.png',
  alt: 'a tree',
  png: Buffer.from('89504e47', 'hex'),
};

function announcement(channel: string, key = 'one', lines = 1): Notice {
  const text = Array.from({ length: lines }, (_, line) => `${line} ${'of many words '.repeat(7)}`).join('\n');
  return {
    key,
    channel,
    title: 'A feature',
    shows: { message: { text, buttons: [{ id: `ask:${key}`, label: 'Explain' }] } },
  };
}

function picture(channel: string, below: string): Notice {
  return { key: 'two', channel, below, title: 'A feature', shows: { picture: PICTURE } };
}

function inSlack({ kind = 'public' as 'public' | 'private', withBot = true } = {}) {
  const channel = slack.server.addChannel('notices', [slack.ada], { kind, withBot });
  return {
    channel,
    name: `slack:${slack.server.workspace.team.id}:${channel.id}`,
    board: slack.adapter.board,
  };
}

function inDiscord() {
  const channel = discord.freshChannel();
  return { channel, name: `discord:${channel.id}`, board: discord.adapter.board };
}

/** Posts a notice twice, the second time as after a crash. @returns both answers */
async function twice(board: NoticeBoard, notice: Notice): Promise<[string, string]> {
  const one = await board.post(notice, first);
  return [one, await board.post(notice, again)];
}

test('Slack: a channel that the app is not in is joined', async () => {
  const { board, name, channel } = inSlack({ withBot: false });
  await board.post(announcement(name), first);
  expect(slack.threads(channel)).toHaveLength(1);
});

test('Slack: a private channel that the app is not in refuses', async () => {
  const { board, name } = inSlack({ kind: 'private', withBot: false });
  await expect(board.post(announcement(name), first)).rejects.toMatchObject({ fate: 'refused' });
});

test.each([1, 150])(
  'Slack: a notice of %i lines is found again, also below three hundred later messages',
  async (lines) => {
    const { board, name, channel } = inSlack();
    const notice = announcement(name, 'long', lines);
    const posted = await board.post(notice, first);
    const before = slack.threads(channel).length;
    for (let at = 0; at < 300; at++)
      await slack.server.say({ user: slack.ada.id, channel: channel.id, text: `message ${at}` });
    expect(await board.find(notice)).toBe(posted);
    expect(await board.post(notice, again)).toBe(posted);
    expect(await board.find(announcement(name, 'other', lines))).toBeUndefined();
    expect(slack.threads(channel)).toHaveLength(before + 300);
  },
);

test('Slack: a picture that is refused is told in words, once', async () => {
  const { board, name, channel } = inSlack();
  const below = await board.post(announcement(name), first);
  slack.server.faults.refuseFiles('file_uploads_disabled');
  await twice(board, picture(name, below));
  slack.server.faults.clear();
  const { replies } = slack.threads(channel)[0]!;
  expect(replies.map(shown)).toEqual([
    'The picture is missing: Slack refuses it (file_uploads_disabled). In words: a tree',
  ]);
});

test('Slack: a file is known by its name, but not one that a person uploaded', async () => {
  const { board, name, channel } = inSlack();
  const below = await board.post(announcement(name), first);
  await twice(board, picture(name, below));
  const { replies } = slack.threads(channel)[0]!;
  expect(replies).toHaveLength(1);
  channel.messages.find(({ ts }) => ts === replies[0]!.ts)!.user = slack.ada.id;
  expect(await board.find(picture(name, below))).toBeUndefined();
});

test.each([1, 150])(
  'Discord: a notice of %i lines is found again when its nonce is forgotten',
  async (lines) => {
    const { board, name, channel } = inDiscord();
    const notice = announcement(name, 'long', lines);
    const posted = await board.post(notice, first);
    const before = discord.said(channel).length;
    for (let at = 0; at < 250; at++)
      discord.server.people.say({ user: discord.ada, channel, text: `message ${at}` });
    discord.server.world.nonceMs = 0;
    expect(await board.post(notice, again)).toBe(posted);
    expect(await board.find(announcement(name, 'other'))).toBeUndefined();
    discord.server.world.nonceMs = 5 * 60_000;
    expect(discord.said(channel)).toHaveLength(before);
  },
);

test('Discord: a picture that is refused is told in words, once', async () => {
  const { board, name, channel } = inDiscord();
  const below = await board.post(announcement(name), first);
  discord.server.faults.refuseFiles({ times: 5 });
  await twice(board, picture(name, below));
  discord.server.faults.clear();
  const thread = discord.server.threadOf(discord.said(channel)[0]!)!;
  expect(discord.said(thread).map(({ content }) => content)).toEqual([
    'The picture is missing: it is too large for Discord.\na tree',
  ]);
});

test('Discord: where no thread may be started, what stands below is refused, and the channel stays clean', async () => {
  const { board, name, channel } = inDiscord();
  const below = await board.post(announcement(name), first);
  discord.server.revoke('CreatePublicThreads', { channel });
  await expect(board.post(picture(name, below), first)).rejects.toMatchObject({ fate: 'refused' });
  expect(discord.said(channel)).toHaveLength(1);
});

test('Discord: direct messages have no threads, so all stands below each other', async () => {
  const channel = discord.server.directChannel(discord.ada);
  const { board } = discord.adapter;
  const name = `discord:${channel.id}`;
  const below = await board.post(announcement(name), first);
  await twice(board, picture(name, below));
  expect(discord.said(channel)).toHaveLength(2);
});

test('what must not be posted any more is not', async () => {
  for (const { board, name } of [inSlack(), inDiscord()]) {
    const refuses = async () => {
      throw new Error('lost');
    };
    await expect(board.post(announcement(name), { again: false, confirm: refuses })).rejects.toThrow('lost');
    expect(await board.find(announcement(name))).toBeUndefined();
  }
});
