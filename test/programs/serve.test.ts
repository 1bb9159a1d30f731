import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../adapters/slack/team.js';
import { DiscordServer } from '../platforms/discord/discordServer.js';
import type { Channel } from '../platforms/discord/world/records.js';
import { Browser } from '../platforms/slack/people/browser.js';
import { SlackServer } from '../platforms/slack/slackServer.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { ghosttree, ghosttreeProcess } from '../support/terminal.js';
import { fixture } from '../support/tinyModel.js';
import { until } from '../support/until.js';

const slack = new SlackServer();
const discord = new DiscordServer();
let program: ChildProcess;
let stderr = '';
let exitCode: number | null | undefined;
let folder: string;

beforeAll(async () => {
  await Promise.all([slack.start(), discord.start()]);
  folder = await temporaryFolder();
});
afterAll(async () => {
  program?.kill('SIGKILL');
  await Promise.all([slack.stop(), discord.stop()]);
});

function environment(): Record<string, string> {
  const { botToken, appToken } = slack.workspace.options;
  return {
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    SLACK_API_URL: slack.url,
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
    GHOSTTREE_CONFIG: fixture('config'),
    GHOSTTREE_STORE: join(folder, 'data/ghosttree.sqlite'),
  };
}

test('one process answers in Slack and in Discord, pictures included, and stops when it is told to', async () => {
  const ada = slack.addUser('ada');
  const general = slack.addChannel('general', [ada]);
  const bob = discord.addUser('bob');
  const guild = discord.addGuild('Lab', [bob]);
  const channel = discord.addChannel(guild, 'features');

  await start(environment(), 'Ghosttree is connected to Discord and Slack.');

  slack.typeCommand({
    user: ada.id,
    channel: general.id,
    command: '/feature',
    text: '0 7 cutoff=0.01 tokens=20',
  });
  const options = { layer: 0, feature: 7, cutoff: 0.01, tokens: 20 };
  const interaction = discord.people.typeCommand({ user: bob, channel, name: 'feature', options });
  await until('a picture in Slack', () => slack.files[0]?.bytes);
  expect(Buffer.from(slack.files[0]!.bytes!).subarray(1, 4).toString()).toBe('PNG');
  const thread = await until('a thread in Discord', () => {
    const parent = discord.original(interaction);
    return parent && discord.threadOf(parent);
  });
  const picture = await until('a picture in Discord', () => pictureIn(thread));
  expect(Buffer.from(picture).subarray(1, 4).toString()).toBe('PNG');

  await stop();
  expect(stderr).not.toMatch(/xoxb-|xapp-/);
  expect(stderr).not.toContain(discord.token);
});

test('one process is installed in a workspace by its page, and tells no secret', async () => {
  const port = await freePort();
  const address = `http://127.0.0.1:${port}`;
  const many = await new SlackServer({ redirectUrl: `${address}/slack/oauth_redirect` }).start();
  const workspace = many.addWorkspace('acme');
  const ada = many.addUser('ada', { workspace });
  const general = many.addChannel('general', [ada], { workspace });
  const { clientId, clientSecret, appToken } = many.workspace.options;
  const { stdout: key } = await ghosttree(['new-key']);
  const secrets = {
    SLACK_CLIENT_SECRET: clientSecret,
    SLACK_STATE_SECRET: 'guess this, please',
    STORE_KEY: key,
  };
  const settings = {
    ...secrets,
    SLACK_CLIENT_ID: clientId,
    SLACK_APP_TOKEN: appToken,
    SLACK_API_URL: many.url,
    PORT: String(port),
    GHOSTTREE_CONFIG: fixture('config'),
    GHOSTTREE_STORE: join(folder, 'many.sqlite'),
  };
  await start(settings, 'Ghosttree is connected to Slack.');
  const browser = new Browser();
  const { text } = await browser.open(`${address}/slack/install`);
  const { status } = await browser.open(many.oauth.allow(browser.link(text), workspace, ada));
  expect(status).toBe(200);
  const typed = { user: ada.id, channel: general.id, command: '/feature', text: '0 7 cutoff=0.01 tokens=20' };
  await many.typeCommand(typed);
  await until('a picture in the workspace', () => many.messages(general)[0]?.replies[0]?.files);
  await stop();
  expect(stderr).toContain('Slack: installed in workspace T0ACME');
  for (const secret of [...Object.values(secrets), workspace.botToken!]) {
    expect(stderr).not.toContain(secret.trim());
  }
  await many.stop();

  const wrong = await ghosttreeProcess(['serve'], {
    env: { ...settings, STORE_KEY: randomBytes(32).toString('hex') },
  });
  expect(wrong.stderr).toMatch(/^ghosttree: STORE_KEY lacks the key [0-9a-f]{8}, with which something/);
  expect(wrong.code).toBe(2);
});

/** Runs `ghosttree serve` until it says something. */
async function start(env: Record<string, string>, sentence: string): Promise<void> {
  stderr = '';
  exitCode = undefined;
  program = spawn(process.execPath, [resolve('dist/src/main.js'), 'serve'], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  program.stderr!.on('data', (data) => {
    stderr += data;
  });
  program.once('exit', (code) => {
    exitCode = code;
  });
  await until(`the program says: ${sentence}`, () => stderr.includes(sentence) || exitCode !== undefined);
  expect(exitCode, stderr).toBeUndefined();
}

async function stop(): Promise<void> {
  program.kill('SIGTERM');
  await until('the program ends', () => exitCode !== undefined);
  expect(exitCode).toBe(0);
}

function pictureIn(thread: Channel): Uint8Array | undefined {
  return discord.messages(thread).flatMap(({ attachments }) => attachments)[0]?.bytes;
}

test.each([
  [{}, /^ghosttree: No chat platform has a token\. Set SLACK_BOT_TOKEN and SLACK_APP_TOKEN/],
  [{ DISCORD_TOKEN: 'wrong' }, /^ghosttree: DISCORD_TOKEN is not valid/],
  [{ SLACK_BOT_TOKEN: 'xoxb-wrong', SLACK_APP_TOKEN: 'xapp-wrong' }, /^ghosttree: .*Slack/],
])('tokens %j are refused in one line, with exit code 2 and without the token', async (tokens, message) => {
  const none = { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '', DISCORD_TOKEN: '' };
  const outcome = await ghosttreeProcess(['serve'], {
    cwd: folder,
    env: { ...environment(), ...none, ...tokens },
  });
  expect(outcome.stderr).toMatch(message);
  expect(outcome.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(outcome.stderr).not.toMatch(/wrong/);
  expect(outcome.code).toBe(2);
});

test('discord-invite prints the link that adds the bot', async () => {
  const { stdout, code } = await ghosttree(['discord-invite'], { cwd: folder, env: environment() });
  expect(stdout).toMatch(/^https:\/\/discord\.com\/.*client_id=\d+.*scope=bot(\+|%20)applications\.commands/);
  expect(code).toBe(0);
});
