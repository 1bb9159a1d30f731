import { createServer } from 'node:http';
import { afterAll, afterEach, expect, test } from 'vitest';
import { startSlack } from '../../../src/adapters/slack/index.js';
import type { SlackOptions } from '../../../src/configuration/platforms.js';
import { InputError } from '../../../src/core/index.js';
import { ownTime } from '../../support/ownTime.js';
import { until } from '../../support/until.js';
import { configuration, freePort, newCore, QUICK, shown, Team } from './team.js';

const core = newCore();
let team: Team;

afterEach(() => team.stop());
afterAll(() => core.close());

test.each([
  ['bot token', { botToken: 'xoxb-wrong' }, /^Slack refuses SLACK_BOT_TOKEN \(invalid_auth\): copy/],
  ['bot token with a letter of no token', { botToken: 'xoxb-1…2' }, /^SLACK_BOT_TOKEN is no token: copy/],
  ['app token', { appToken: 'xapp-wrong' }, /^Slack refuses SLACK_APP_TOKEN \(invalid_auth\): make/],
  [
    'bot token in place of the app token',
    { appToken: 'xoxb-test-bot-token' },
    /^Slack refuses SLACK_APP_TOKEN \(not_allowed_token_type\): make/,
  ],
  ['neither app token nor signing secret', { appToken: undefined }, /^Set SLACK_APP_TOKEN \(Socket Mode\)/],
  [
    'API root where nobody answers',
    { apiUrl: `http://127.0.0.1:${await freePort()}/api/` },
    /^Slack cannot be reached at http:\/\/127\.0\.0\.1:\d+\/api\/ \(ECONNREFUSED\): check/,
  ],
] as [string, Partial<SlackOptions>, RegExp][])('a wrong %s is one clear line', async (_, wrong, message) => {
  team = await Team.start(core);
  const started = startSlack(
    { ...team.settings, ...wrong },
    team.conversations,
    configuration,
    team.log,
    team.store,
  );
  const error = await started.catch((caught: unknown) => caught as Error);
  expect(error).toBeInstanceOf(InputError);
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).not.toMatch(/x(ox[a-z]|app)-\w/);
});

test('a taken port is one clear line', async () => {
  team = await Team.start(core, {}, 'http');
  const port = await freePort();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, resolve));
  const settings = { ...team.settings, port };
  await expect(startSlack(settings, team.conversations, configuration, team.log, team.store)).rejects.toThrow(
    `Port ${port} is used by another program: set PORT to another.`,
  );
  await new Promise((resolve) => other.close(resolve));
});

test('the first line of the log says which scopes are missing, and what does not work without them', async () => {
  team = await Team.start(core, { scopes: ['chat:write', 'commands'] });
  expect(team.infos[0]).toMatch(
    /^The Slack app lacks scopes: app_mentions:read \(mentions are not heard\), files:write \(no pictures and no reports\), .* Grant those of config\/slack-manifest\.yaml/,
  );
});

test('a broken and a refreshed socket come back, and answers go on meanwhile', async () => {
  team = await Team.start(core);
  const { socketMode } = team.server;
  await team.feature(QUICK);
  socketMode.terminate();
  await team.answered();
  await until('one open socket', () => socketMode.size === 1);
  socketMode.disconnect('refresh_requested');
  await until('a socket after the refreshed one', () => socketMode.opened === 3 && socketMode.size === 1);
  await team.feature('9 9');
  expect(shown(await team.whispered())).toMatch(/no SAE at layer 9/);
});

test('a socket that Slack refuses to open is tried again', async () => {
  team = await Team.start(core);
  const { faults, socketMode } = team.server;
  faults.drop('apps.connections.open', 'before');
  faults.error('apps.connections.open', 'account_inactive');
  socketMode.terminate();
  await until('a second socket', () => socketMode.opened === 2 && socketMode.size === 1);
  expect(team.infos).toContain('Slack: the connection is lost (account_inactive); trying again in 800 ms');
  await team.feature('9 9');
  expect(shown(await team.whispered())).toMatch(/no SAE at layer 9/);
});

test.each([
  ['no event in it', { event: undefined }, 'Slack: a message was dropped: TypeError'],
  ['an event that is none', { event: null }, 'Slack: a message was dropped: TypeError'],
  ['an id of another type', { event_id: true }, undefined],
] as const)('a message of Slack with %s does no harm', async (_, wrong, fault) => {
  team = await Team.start(core, { eventRetryDelays: [] });
  const { socketMode } = team.server;
  const deliver = socketMode.deliver.bind(socketMode);
  socketMode.deliver = (delivery, ack) =>
    deliver({ ...delivery, payload: { ...delivery.payload, ...wrong } }, ack);
  void team.server.mention({ user: team.ada.id, channel: team.general.id, text: 'help' });
  await until('a fault', () => team.faults.length > 0);
  if (fault) expect(team.faults[0]).toContain(fault);
  socketMode.deliver = deliver;
  await team.feature('9 9');
  await until('a private refusal', () =>
    team.server.ephemerals().some((said) => /no SAE at layer 9/.test(shown(said))),
  );
});

test('over HTTP signed requests are answered', async () => {
  team = await Team.start(core, {}, 'http');
  expect(await team.server.verifyRequestUrl()).toMatchObject({ status: 200, body: 'challenge' });
  const asked = ownTime();
  const ack = await team.feature(QUICK);
  expect(ownTime() - asked).toBeLessThan(1_000);
  expect(ack).toMatchObject({ failure: null, status: 200 });
  expect((await team.answered()).replies).toHaveLength(3);
});

test.each(['bad', 'missing', 'stale'] as const)('over HTTP a %s signature is refused', async (signature) => {
  team = await Team.start(core, {}, 'http');
  const typed = { user: team.ada.id, channel: team.general.id, command: '/feature', text: QUICK };
  expect(await team.server.typeCommand({ ...typed, signature })).toMatchObject({ status: 401 });
  const { ack } = await team.server.mention({ ...typed, signature });
  expect(ack).toMatchObject({ status: 401 });
  expect((await team.server.verifyRequestUrl(signature)).body).not.toBe('challenge');
  expect(team.threads()).toHaveLength(1);
  expect(team.server.calls('chat.postMessage')).toEqual([]);
});
