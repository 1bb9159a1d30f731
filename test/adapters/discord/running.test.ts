import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel } from '../../platforms/discord/world/records.js';
import { interrupt } from '../../support/interruption.js';
import { ownTime } from '../../support/ownTime.js';
import { until } from '../../support/until.js';
import { buttonNamed, closeCore, LONG, QUICK, Setting, SlowCore } from './setting.js';

let setting: Setting;
let core: SlowCore;
let channel: Channel;
beforeAll(async () => {
  core = new SlowCore();
  setting = await new Setting().start(core);
});
beforeEach(() => {
  channel = setting.freshChannel();
});
afterAll(async () => {
  await setting.stop();
  await closeCore();
});

/** A command that is announced and waits. */
async function waiting() {
  const interaction = setting.feature(LONG, channel);
  await interaction.acknowledged;
  const announcement = setting.server.original(interaction)!;
  return { interaction, announcement, cancel: buttonNamed(announcement, 'Cancel')! };
}

test('while it works, the announcement says so and offers to cancel', async () => {
  const { announcement, cancel } = await waiting();
  expect(announcement.content).toMatch(
    /^\*\*tiny-gpt2 · layer 0 · feature 7\*\*\n(Starting|Waiting: number 1 in the queue)$/,
  );
  expect(cancel).toMatch(/^cancel:/);
  expect(announcement.components[0]!.components![0]).toMatchObject({ label: 'Cancel', style: 4 });
  setting.server.people.clickButton({ user: setting.ada, message: announcement, customId: cancel });
  await until('the announcement says that it was cancelled', () =>
    announcement.content.includes('Cancelled.'),
  );
  expect(announcement.content).toBe('**tiny-gpt2 · layer 0 · feature 7**\nCancelled.');
  expect(announcement.components).toEqual([]);
  expect(setting.server.threads(channel)).toEqual([]);
});

test('when a process was killed over an answer, another one says so in the announcement', async () => {
  const { announcement } = await waiting();
  await expect.poll(async () => (await setting.store.unfinished.all())[0]?.stage).toBe('announced');
  await interrupt(setting.store, setting.adapter);
  expect(announcement.content).toMatch(
    /^\*\*tiny-gpt2 · layer 0 · feature 7\*\*\nGhosttree was restarted before this was answered\. Ask again: \/feature 0 7 /,
  );
  expect(announcement.components).toEqual([]);
  await setting.conversations.close();
});

test('others cannot cancel, unless they manage the channel', async () => {
  const { server, bob } = setting;
  const { announcement, cancel } = await waiting();
  const press = () => server.people.clickButton({ user: bob, message: announcement, customId: cancel });
  press();
  const [refusal] = await until(
    'a private refusal',
    () => server.ephemerals(bob).length > 0 && server.ephemerals(bob),
  );
  expect(refusal!.content).toBe(
    'Only the person who asked, or somebody who manages the channel, can cancel this.',
  );
  server.grant('ManageMessages', { channel, user: bob });
  press();
  await until('the announcement says that it was cancelled', () =>
    announcement.content.includes('Cancelled.'),
  );
});

test('a press is acknowledged although nothing is said', async () => {
  const { announcement, cancel } = await waiting();
  const { server, ada } = setting;
  const press = server.people.clickButton({ user: ada, message: announcement, customId: cancel });
  expect(await press.acknowledged).toMatchObject({ type: 6 });
});

test('an answer that outlives the token of its interaction is told without it', async () => {
  const { server } = setting;
  const interaction = setting.feature(QUICK, channel);
  await interaction.acknowledged;
  await until('the core is asked', () => core.asked > 0);
  server.expireToken(interaction);
  core.release();
  const thread = await setting.threadOf(interaction);
  expect(setting.said(thread)).toHaveLength(2);
  expect(setting.said(channel)).toHaveLength(1);
  expect(setting.said(channel)[0]!.content).toContain('Complete · ');
});

test('an announcement that was deleted is posted again, and the answer is flat', async () => {
  const { server } = setting;
  const interaction = setting.feature({ ...QUICK, tokens: 11 }, channel);
  await interaction.acknowledged;
  await until('the core is asked', () => core.asked > 0);
  server.deleteMessage(server.original(interaction)!);
  core.release();
  const said = await setting.answered(channel);
  expect(said).toHaveLength(3);
  expect(said[0]!.content).toMatch(/^Not in a thread: what it belonged to was deleted\.\n\*\*tiny-gpt2/);
  expect(said[0]!.attachments).toHaveLength(1);
  expect(server.threads(channel)).toEqual([]);
  // The channel is now what options alone refer to.
  setting.feature({ scale: '5' }, channel);
  await until('the core is asked', () => core.asked > 0);
  core.release();
  await until('a thread', () => server.threads(channel)[0]);
});

test('a channel that disappears, or that the bot may not see any more: the answer comes in direct messages', async () => {
  const { server, ada } = setting;
  for (const [tokens, lose] of [
    [12, () => server.revoke('ViewChannel', { channel })],
    [13, () => server.deleteChannel(channel)],
  ] as const) {
    channel = setting.freshChannel();
    const direct = server.directChannel(ada);
    const before = setting.said(direct).length;
    const interaction = setting.feature({ ...QUICK, tokens }, channel);
    await interaction.acknowledged;
    await until('the core is asked', () => core.asked > 0);
    server.expireToken(interaction);
    lose();
    core.release();
    const said = (await setting.answered(direct, tokens - 11)).slice(before);
    expect(said).toHaveLength(3);
    expect(said[0]!.content).toMatch(
      /^I may not post where you asked, so the answer is here\.\n\*\*tiny-gpt2/,
    );
    expect(said[0]!.attachments).toHaveLength(1);
  }
});

test('fifty commands in one moment are each acknowledged within a second', async () => {
  const { server, guild } = setting;
  const asked = ownTime();
  const interactions = Array.from({ length: 50 }, (_, index) => {
    const user = server.addUser(`person${index}`);
    guild.members.set(user.id, { user, roleIds: new Set(), joinedAt: 0 });
    return setting.feature({ layer: index % 2, feature: index % 48, tokens: 5 }, channel, user);
  });
  await Promise.all(interactions.map(({ acknowledged }) => acknowledged));
  expect(ownTime() - asked).toBeLessThan(1000);
  const refused = () =>
    interactions.filter(({ user }) =>
      server.ephemerals(user).some(({ content }) => content.includes('This channel has 8 unanswered')),
    );
  await until('fifty answers or refusals', () => refused().length + setting.said(channel).length >= 50);
  expect(refused().length).toBeGreaterThan(30);
});

test('shutting down tells everybody whose answer is lost', async () => {
  await setting.disconnect();
  await setting.connect(core);
  const { announcement } = await waiting();
  await setting.disconnect();
  expect(announcement.content).toContain('Cancelled.');
  expect(announcement.components).toEqual([]);
  await setting.connect(core);
});
