import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { manifestScopes } from '../../src/adapters/slack/workspaces/scopes.js';
import { openStore } from '../../src/store/index.js';
import { SlackServer } from '../../test/platforms/slack/slackServer.js';
import { RedisServer, redisClient } from '../../test/support/redis.js';
import { until } from '../../test/support/until.js';
import type { BenchRow } from '../row.js';
import { startFrontEnd, startWorker } from './setting.js';

const LAYER = 10;
/** Answers before it is measured, and while. */
const WARM = 4;
const ANSWERS = 24;
const PATIENCE = 300_000;
/** Of the clock by which Linux counts processor time. */
const TICKS_PER_SECOND = 100;

/** What one `/feature` of gloss-12l, typed in Slack, costs each part of the house. */
export async function benchCosts(config: string): Promise<BenchRow[]> {
  const slack = await new SlackServer({ scopes: manifestScopes() }).start();
  const user = slack.addUser('ada');
  const { botToken, appToken } = slack.workspace.options;
  const tokens = { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: slack.url };
  const redis = await RedisServer.start();
  const worker = await startWorker('gloss-12l', config, redis.url);
  const front = await startFrontEnd(tokens, config, redis.url);
  const client = redisClient(redis.url);
  const ask = async (first: number, count: number) => {
    const channel = slack.addChannel(`channel${first}`, [user]);
    for (let index = 0; index < count; index++) {
      const text = `${LAYER} ${first + index}`;
      await slack.typeCommand({ user: user.id, channel: channel.id, command: '/feature', text });
    }
    const answered = () => channel.messages.filter(({ blocks }) => isList(blocks)).length === count;
    await until(`${count} answers`, answered, PATIENCE);
  };
  const look = async () => ({
    front: processorSeconds(front.pid),
    worker: processorSeconds(worker.pid),
    redis: Number(/used_memory:(\d+)/.exec(await client.info('memory'))![1]),
  });

  await ask(0, WARM);
  const before = await look();
  await ask(WARM, ANSWERS);
  const after = await look();
  const memory = { front: residentMegabytes(front.pid), worker: residentMegabytes(worker.pid) };
  client.disconnect();
  await front.stop('SIGTERM');
  await worker.stop('SIGTERM');
  await slack.stop();
  await redis.kill();
  // With all of it in one file.
  const stored = statSync(front.store).size - (await emptyStore(dirname(front.store)));
  const each = (part: keyof typeof before) => (after[part] - before[part]) / ANSWERS;
  return [
    { name: 'one /feature of gloss-12l: processor time of the worker', value: each('worker'), unit: 's' },
    { name: 'the same of the front end, which draws', value: each('front'), unit: 's' },
    { name: 'memory in Redis for its answer', value: each('redis') / 1000, unit: 'kB' },
    { name: 'the store grows by', value: stored / (WARM + ANSWERS) / 1000, unit: 'kB' },
    { name: 'memory of a front end', value: memory.front, unit: 'MB' },
    { name: 'memory of a worker with gloss-12l', value: memory.worker, unit: 'MB' },
  ];
}

function isList(blocks: unknown): boolean {
  return JSON.stringify(blocks ?? []).includes('Token list');
}

/** A process and those it started. */
function family(pid: number): string[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return [String(pid), ...(children ? children.split(' ').flatMap((child) => family(Number(child))) : [])];
}

function processorSeconds(pid: number): number {
  const ticks = family(pid).map((each) => {
    // The name of the program, in brackets, may hold spaces.
    const fields = readFileSync(`/proc/${each}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, value) => sum + value, 0) / TICKS_PER_SECOND;
}

function residentMegabytes(pid: number): number {
  const kilobytes = family(pid).map((each) =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${each}/status`, 'utf8'))![1]),
  );
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1000;
}

/** Bytes of a store without rows. */
async function emptyStore(folder: string): Promise<number> {
  const file = join(folder, 'empty.sqlite');
  await (await openStore(file)).close();
  return statSync(file).size;
}
