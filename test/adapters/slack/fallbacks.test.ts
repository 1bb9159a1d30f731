import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../../support/until.js';
import { buttons, isList, LONG, newCore, QUICK, shown, Team } from './team.js';

const core = newCore();
const PARENT = /^tiny-gpt2 · layer 0 · feature 7 · encoder/;
let team: Team;

beforeEach(async () => {
  team = await Team.start(core);
});
afterEach(() => team.stop());
afterAll(() => core.close());

test('a rate limit is waited for, and nothing is posted twice', async () => {
  const { faults } = team.server;
  for (const method of ['chat.postMessage', 'files.completeUploadExternal']) {
    faults.rateLimit(method, { retryAfter: 1 });
  }
  await team.feature(QUICK);
  const parent = await team.answered();
  expect(shown(parent)).toMatch(PARENT);
  expect(parent.replies).toHaveLength(3);
  expect(team.threads()).toHaveLength(1);
});

test.each(['before', 'after', 'status', 'error'] as const)(
  'what fails (%s) before Slack has answered is posted once',
  async (how) => {
    const { faults } = team.server;
    for (const method of ['chat.postMessage', 'chat.update', 'upload', 'files.completeUploadExternal']) {
      if (how === 'status') faults.status(method, 503);
      else if (how === 'error' && method !== 'upload') faults.error(method, 'internal_error');
      else if (how !== 'error') faults.drop(method, how);
    }
    await team.feature(QUICK);
    const parent = await team.answered();
    expect(shown(parent)).toMatch(PARENT);
    expect(parent.replies.map(isList)).toEqual([false, false, true]);
    expect(team.threads()).toHaveLength(1);
    expect(team.server.files.flatMap(({ shares }) => shares)).toHaveLength(2);
  },
);

test('a reply whose answer was lost is looked for in its thread', async () => {
  const { message } = await team.server.mention({
    user: team.ada.id,
    channel: team.general.id,
    text: QUICK,
  });
  team.server.faults.drop('chat.postMessage', 'after', 2);
  const parent = await team.answered();
  expect(parent.ts).toBe(message.ts);
  expect(parent.replies).toHaveLength(4);
});

test('where the channel cannot be read, a message that may have arrived is not repeated', async () => {
  team.server.revokeScope('channels:history');
  team.server.faults.drop('chat.postMessage', 'before');
  await team.feature(QUICK);
  const parent = await team.answered();
  expect(shown(parent)).toMatch(PARENT);
  expect(team.faults[0]).toMatch(/^A message to Slack may be missing: LostAnswerError/);
});

test('the bot joins a public channel that it is not in', async () => {
  const channel = team.server.addChannel('other', [team.ada], { withBot: false });
  await team.feature(QUICK, { channel });
  const parent = await team.answered(0, channel);
  expect(parent.replies).toHaveLength(3);
});

test('where it cannot join, the answer comes by direct message, with the reason', async () => {
  const channel = team.server.addChannel('secret', [team.ada], { kind: 'private', withBot: false });
  await team.feature(QUICK, { channel });
  const direct = team.server.directMessages(team.ada);
  const parent = await team.answered(0, direct);
  expect(shown(parent)).toMatch(PARENT);
  expect(shown(parent)).toMatch(/I cannot post where you asked \(channel_not_found\).*\/invite @ghosttree$/);
  expect(parent.replies).toHaveLength(3);
  expect(team.threads(channel)).toEqual([]);
});

test('an archived channel is answered by direct message, too', async () => {
  await team.feature(LONG);
  const parent = await until('an announcement', () => team.threads()[0]);
  team.general.archived = true;
  await team.conversations.close();
  const direct = team.server.directMessages(team.ada);
  await until('word in private that it was cancelled', () =>
    team.threads(direct).some((message) => shown(message).includes('Cancelled.')),
  );
  expect(team.threads()).toEqual([parent]);
});

test('when neither helps, one sentence says what to do', async () => {
  const channel = team.server.addChannel('secret', [team.ada], { kind: 'private', withBot: false });
  team.server.faults.error('chat.postMessage', 'messages_tab_disabled', 4);
  team.server.faults.error('conversations.open', 'user_disabled', 2);
  await team.feature(QUICK, { channel });
  expect(shown(await team.whispered())).toMatch(
    /^I cannot post here \(.*\): please type \/invite @ghosttree/,
  );
});

test('a message deleted meanwhile is said again, as the start of a new thread', async () => {
  await team.feature(QUICK);
  const { ts } = await until('an announcement', () => team.threads()[0]);
  team.server.deleteMessage(team.general, ts);
  const parent = await team.answered();
  expect(parent.ts).not.toBe(ts);
  expect(shown(parent)).toMatch(PARENT);
  expect(parent.replies).toHaveLength(3);
  await team.server.mention({
    user: team.ada.id,
    channel: team.general.id,
    thread: parent.ts,
    text: 'scale=5',
  });
  await until('two lists in the thread', () => team.threads()[0]!.replies.filter(isList).length === 2);
});

test('a refused file is replaced by its description', async () => {
  team.server.faults.refuseFiles('file_uploads_disabled');
  await team.feature(QUICK);
  const parent = await team.answered();
  expect(shown(parent.replies[0]!)).toMatch(
    /^Slack did not take the picture \(file_uploads_disabled\)\. In words: .*The model says/,
  );
  await team.click(parent, 'Details');
  await team.click(await team.whispered(), 'JSON');
  const refused = await until('a second private answer', () => team.server.ephemerals(team.ada)[1]);
  expect(shown(refused)).toMatch(/^Slack did not take the file .*json \(file_uploads_disabled\)/);
});

test('an image that Slack has not looked at yet, or refuses, stays in the thread', async () => {
  team.server.workspace.refusesImages = true;
  await team.feature(QUICK);
  const parent = await team.answered();
  expect(parent.replies[0]!.files).toHaveLength(1);
  expect((parent.blocks ?? []).map(({ type }) => type)).not.toContain('image');
  expect(buttons(parent).map(({ label }) => label)).toContain('Details');
  expect(() => team.click(parent.replies[0]!, 'Details')).toThrow();
});

test('a picture that Slack takes and never shows is described', async () => {
  team.server.faults.loseShares();
  await team.feature(QUICK);
  const { replies } = await team.answered();
  expect(shown(replies[0]!)).toMatch(/it was uploaded but not shown/);
});

test('a picture that is shown late still stands above the list', async () => {
  team.server.workspace.options.fileSharing = 500;
  await team.feature(QUICK);
  const { replies } = await team.answered();
  expect(replies.map(isList)).toEqual([false, false, true]);
  expect(replies[0]!.files).toHaveLength(1);
});

test('blocks that Slack refuses are replaced by their text', async () => {
  team.server.faults.error('chat.postMessage', 'invalid_blocks');
  await team.feature(LONG);
  const parent = await until('an announcement', () => team.threads()[0]);
  expect(parent.text).toMatch(/^tiny-gpt2 · layer 0 · feature 7\n(Starting|Waiting: number 1 in the queue)$/);
});

test('a scope that was taken away is told to the person who typed a command', async () => {
  team.server.revokeScope('chat:write');
  await team.feature(QUICK);
  expect(shown(await team.whispered())).toBe(
    'Slack does not let me answer (missing_scope: chat:write): the app has to be installed again.',
  );
});

test('and to the log when the person cannot be reached', async () => {
  team.server.revokeScope('chat:write');
  await team.server.mention({ user: team.ada.id, channel: team.general.id, text: QUICK });
  const fault = await until('a fault', () => team.faults[0]);
  expect(fault).toBe(
    'The person who asked could not be told: Error: A private answer could not be delivered (missing_scope: chat:write).',
  );
});

test('a private answer whose response_url has expired comes another way', async () => {
  team.server.workspace.options.responseUrlLifetime = -1;
  await team.feature('9 9');
  expect(shown(await team.whispered())).toMatch(/no SAE at layer 9/);
  const channel = team.server.addChannel('other', [team.ada], { withBot: false });
  await team.feature('9 9', { channel });
  const direct = team.server.directMessages(team.ada);
  await until('a private refusal', () =>
    team.threads(direct).some((message) => shown(message).includes('no SAE at layer 9')),
  );
});

test('a revoked token ends nothing but the answer', async () => {
  team.server.revokeToken();
  await team.feature(QUICK);
  expect(shown(await team.whispered())).toMatch(/^Slack does not let me answer \(token_revoked\)/);
  team.server.workspace.revokedTokens.clear();
  await team.feature(QUICK);
  expect(buttons(await team.answered())).not.toEqual([]);
});
