import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SlackServer } from '../platforms/slack/slackServer.js';
import { newDatabase } from '../support/newDatabase.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { fixture } from '../support/tinyModel.js';
import { until } from '../support/until.js';
import { Program } from '../support/workerProgram.js';

const slack = new SlackServer();
let queue: string;
const programs: Program[] = [];

beforeAll(async () => {
  await slack.start();
  queue = await newDatabase('redis');
});
afterAll(async () => {
  for (const program of programs) await program.stop('SIGKILL');
  await slack.stop();
});

/** A configuration that knows a model whose files are not on this machine. */
async function withoutWeights(folder: string): Promise<string> {
  const config = join(folder, 'config');
  await cp(fixture('config'), config, { recursive: true });
  const catalogue = join(config, 'models.yaml');
  const text = await readFile(catalogue, 'utf8');
  await writeFile(catalogue, text.replaceAll('test/fixtures/', 'nowhere/'));
  return config;
}

/** Command lines of the programs that a process started. */
async function childrenOf(pid: number): Promise<string[]> {
  const found: string[] = [];
  for (const id of await readdir('/proc')) {
    const stat = await readFile(`/proc/${id}/stat`, 'utf8').catch(() => '');
    if (Number(/\) \S (\d+)/.exec(stat)?.[1]) === pid)
      found.push(await readFile(`/proc/${id}/cmdline`, 'utf8'));
  }
  return found;
}

test('a front end without weights answers in Slack through a worker, and starts no inference process', async () => {
  const folder = await temporaryFolder();
  const { botToken, appToken } = slack.workspace.options;
  const front = new Program(['serve'], {
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    SLACK_API_URL: slack.url,
    DISCORD_TOKEN: '',
    GHOSTTREE_CONFIG: await withoutWeights(folder),
    GHOSTTREE_STORE: join(folder, 'store.sqlite'),
    QUEUE_URL: queue,
  });
  programs.push(front);
  await front.says('Ghosttree is connected to Slack.');
  const ada = slack.addUser('ada');
  const general = slack.addChannel('general', [ada]);
  const type = (text: string) =>
    slack.typeCommand({ user: ada.id, channel: general.id, command: '/feature', text });

  type('0 7 cutoff=0.01 tokens=20');
  const refusal = await until('a refusal in private', () => slack.ephemerals(ada).at(-1));
  expect(JSON.stringify(refusal)).toContain('No worker answers questions about tiny-gpt2 at the moment');

  const worker = await Program.worker(queue);
  programs.push(worker);
  type('0 7 cutoff=0.01 tokens=20');
  await until('a picture in Slack', () => slack.files[0]?.bytes);
  expect(Buffer.from(slack.files[0]!.bytes!).subarray(1, 4).toString()).toBe('PNG');
  expect(await childrenOf(front.pid)).toEqual([]);
  expect(await childrenOf(worker.pid)).toHaveLength(1);

  expect(await front.stop('SIGTERM')).toBe(0);
  expect(await worker.stop('SIGTERM')).toBe(0);
});
