import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { CHECKS, examine, type Finding } from '../../src/operations/doctor/index.js';
import { checkModels } from '../../src/operations/doctor/models.js';
import { checkNode } from '../../src/operations/doctor/node.js';
import { openStore } from '../../src/store/index.js';
import { DiscordServer } from '../platforms/discord/discordServer.js';
import { SlackServer } from '../platforms/slack/slackServer.js';
import { RedisServer } from '../support/redis.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { damagedModel, ghosttreeProcess } from '../support/terminal.js';
import { fixture } from '../support/tinyModel.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** To look at models, a process is started and they are loaded. */
const WITHOUT_MODELS = CHECKS.filter((check) => check !== checkModels);

/** What the doctor says of a machine with these variables. */
async function findings(
  variables: Record<string, string> = {},
  checks: typeof CHECKS = WITHOUT_MODELS,
): Promise<{ isWell: boolean; told: Finding[] }> {
  const told: Finding[] = [];
  const GHOSTTREE_STORE = join(await temporaryFolder(), 'ghosttree.sqlite');
  const all = { GHOSTTREE_CONFIG: fixture('config'), GHOSTTREE_STORE, ...variables };
  const isWell = await examine((finding) => void told.push(finding), all, checks);
  return { isWell, told };
}

const about = (told: Finding[], words: RegExp) => told.filter(({ what }) => words.test(what));

test('a machine without a chat platform is well, and everything was looked at', async () => {
  const { isWell, told } = await findings({}, CHECKS);
  expect(isWell).toBe(true);
  expect(told.map(({ state, what }) => `${state} ${what.split(/[ :(]/)[0]}`)).toEqual([
    'ok ghosttree',
    'ok Node.js',
    'ok Configuration',
    'warning No',
    expect.stringMatching(/^(ok|warning) \//),
    expect.stringMatching(/^(ok|warning) \//),
    'ok Store',
    'ok Fonts',
    'ok Memory',
    'ok Derived',
    'ok tiny-gpt2',
  ]);
});

test.each([
  ['20.8.1', {}, 'wrong'],
  ['20.9.0', {}, 'ok'],
  ['20.18.0', { SLACK_BOT_TOKEN: 'xoxb-1' }, 'wrong'],
  ['20.18.1', { SLACK_BOT_TOKEN: 'xoxb-1' }, 'ok'],
  ['22.1.0', { SLACK_BOT_TOKEN: 'xoxb-1' }, 'ok'],
])('Node.js %s with %j is %s', async (version, variables, state) => {
  expect((await checkNode({ variables }, version))[0]!.state).toBe(state);
});

test('Slack: tokens, and scopes that the manifest has and the app lacks', async () => {
  const server = await new SlackServer({ scopes: ['chat:write', 'commands'] }).start();
  closing.push(() => server.stop());
  const { botToken, appToken } = server.workspace.options;
  const variables = { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: server.url };
  const { isWell, told } = await findings(variables);
  expect(isWell).toBe(true);
  expect(about(told, /tokens are those of @\w+ in /)).toHaveLength(1);
  const [scopes] = about(told, /lacks the scopes/);
  expect(scopes).toMatchObject({ state: 'warning', remedy: expect.stringContaining('slack-manifest.yaml') });
  expect(scopes!.what).toContain('files:write');
  expect(scopes!.what).not.toContain('chat:write');

  const bad = await findings({ ...variables, SLACK_APP_TOKEN: 'xapp-hush' });
  expect(bad.isWell).toBe(false);
  expect(about(bad.told, /^Slack refuses SLACK_APP_TOKEN/)[0]!.remedy).toMatch(/make an app-level token/);
  expect(JSON.stringify([told, bad.told])).not.toMatch(/hush|test-bot-token|test-app-token/);
});

test('Discord: token, servers and the permissions that the bot lacks there', async () => {
  const server = new DiscordServer();
  await server.start();
  closing.push(() => server.stop());
  const variables = { DISCORD_TOKEN: server.token, DISCORD_API_URL: server.apiUrl };
  const alone = await findings(variables);
  expect(about(alone.told, /in no server/)[0]!.remedy).toMatch(/^invite it: https:.*client_id=/);

  server.addGuild('Lab');
  const poor = server.addGuild('Poor');
  poor.roles.get(poor.id)!.permissions = 0n;
  const { isWell, told } = await findings(variables);
  expect(isWell).toBe(true);
  expect(about(told, /in Lab$/)[0]!.state).toBe('ok');
  expect(about(told, /in Poor$/)[0]).toMatchObject({
    state: 'warning',
    what: expect.stringMatching(/lacks .*SendMessagesInThreads/),
  });

  const bad = await findings({ ...variables, DISCORD_TOKEN: 'hush' });
  expect(bad.isWell).toBe(false);
  expect(about(bad.told, /^DISCORD_TOKEN is not valid/)).toHaveLength(1);
  expect(JSON.stringify([told, bad.told])).not.toMatch(/hush|bot-token/);
});

test('without a network, what could not be asked is a warning that says so', async () => {
  const variables = {
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_APP_TOKEN: 'xapp-1',
    SLACK_API_URL: 'http://127.0.0.1:9/api/',
    DISCORD_TOKEN: 'hush',
    DISCORD_API_URL: 'http://127.0.0.1:9/api',
  };
  const { isWell, told } = await findings(variables);
  expect(isWell).toBe(true);
  expect(about(told, /^(Slack|Discord) cannot be reached/).map(({ state }) => state)).toEqual([
    'warning',
    'warning',
  ]);
});

test('variables that do not belong together are wrong', async () => {
  const { isWell, told } = await findings({ SLACK_BOT_TOKEN: 'xoxb-1' });
  expect(isWell).toBe(false);
  expect(about(told, /^SLACK_BOT_TOKEN needs/)).toMatchObject([{ state: 'wrong' }]);
});

test('a store that is no database is wrong, and so is a folder that is a file', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'ghosttree.sqlite');
  await writeFile(file, 'no database at all, but long enough to be looked at as one'.repeat(100));
  const { isWell, told } = await findings({ GHOSTTREE_STORE: file });
  expect(isWell).toBe(false);
  expect(about(told, /ghosttree\.sqlite/)[0]).toMatchObject({ state: 'wrong' });
});

test('which versions wrote the store and the derived files is told', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'ghosttree.sqlite');
  await (await openStore(file, { version: '0.0.9', now: () => Date.UTC(2026, 0, 2) })).close();
  const { told } = await findings({ GHOSTTREE_STORE: file });
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  const today = new Date().toISOString().slice(0, 10);
  expect(about(told, /^Store/)[0]!.what).toContain(
    `written by 0.0.9 since 2026-01-02, ${version} since ${today}`,
  );
  expect(about(told, /^ghosttree /)[0]!.what).toBe(`ghosttree ${version} in ${resolve('.')}`);
  // The examination itself derived something from the model, which the next one sees.
  const again = await findings({ GHOSTTREE_STORE: file });
  expect(about(again.told, /^Derived/)[0]!.what).toMatch(new RegExp(`\\d+ \\(.+\\) written by ${version}`));
});

test('a port that another program listens on is told of', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, resolve));
  closing.push(() => new Promise((resolve) => other.close(resolve)));
  const { port } = other.address() as { port: number };
  const { told } = await findings({ PORT: String(port) });
  expect(about(told, new RegExp(`^PORT: port ${port} is used`))).toMatchObject([{ state: 'warning' }]);
});

test('a queue: whether Redis answers, and whether it may throw questions away', async () => {
  const redis = await RedisServer.start('--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru');
  const { told } = await findings({ QUEUE_URL: redis.url });
  expect(about(told, /^Queue/).map(({ state }) => state)).toEqual(['ok', 'warning']);
  await redis.kill();
  const gone = await findings({ QUEUE_URL: 'redis://:hush@127.0.0.1:9' });
  expect(gone.isWell).toBe(false);
  expect(JSON.stringify(gone.told)).not.toContain('hush');
});

test('a model that is damaged, or does not fit, or is not there, is wrong', async () => {
  const damaged = await damagedModel((folder) => writeFile(join(folder, 'model.safetensors'), 'short'));
  const { isWell, told } = await findings({ GHOSTTREE_CONFIG: damaged }, CHECKS);
  expect(isWell).toBe(false);
  expect(about(told, /^tiny-gpt2 cannot answer/)[0]).toMatchObject({ state: 'wrong' });
});

test('a configuration that cannot be read is wrong, and the rest is looked at all the same', async () => {
  const folder = join(await temporaryFolder(), 'config');
  await mkdir(folder);
  await cp(fixture('config'), folder, { recursive: true });
  await rm(join(folder, 'models.yaml'));
  const { isWell, told } = await findings({ GHOSTTREE_CONFIG: folder }, CHECKS);
  expect(isWell).toBe(false);
  expect(about(told, /models\.yaml cannot be read/)).toMatchObject([{ state: 'wrong' }]);
  expect(about(told, /^Fonts/)).toMatchObject([{ state: 'ok' }]);
});

test('the program prints the findings and exits with 1 when something is wrong', async () => {
  const cwd = await temporaryFolder();
  const well = await ghosttreeProcess(['doctor'], { cwd });
  expect([well.code, well.stderr]).toEqual([0, '']);
  expect(well.stdout).toMatch(/^ok {7}Node\.js /m);
  const ill = await ghosttreeProcess(['doctor'], { cwd, env: { DISCORD_TOKEN: 'hush hush' } });
  expect(ill.code).toBe(1);
  expect(ill.stdout).toMatch(/^wrong {4}DISCORD_TOKEN is not valid\n {9}copy it again/m);
  expect(ill.stdout).not.toContain('hush');
});
