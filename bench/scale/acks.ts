import { setTimeout as sleep } from 'node:timers/promises';
import { manifestScopes } from '../../src/adapters/slack/workspaces/scopes.js';
import { SlackServer } from '../../test/platforms/slack/slackServer.js';
import { RedisServer } from '../../test/support/redis.js';
import type { BenchRow } from '../row.js';
import { startFrontEnd, startWorker } from './setting.js';

const PER_SECOND = 100;
const SECONDS = 10;
const PEOPLE = 50;
const CHANNELS = 20;
/** Of the tests' tiny checkpoint. */
const FEATURES = 48;

/** How soon a front end acknowledges slash commands that keep coming, most of which it has to ask a worker. */
export async function benchAcks(config: string): Promise<BenchRow[]> {
  const slack = await new SlackServer({ scopes: manifestScopes() }).start();
  const people = Array.from({ length: PEOPLE }, (_, index) => slack.addUser(`person${index}`));
  const channels = Array.from({ length: CHANNELS }, (_, index) =>
    slack.addChannel(`channel${index}`, people),
  );
  const { botToken, appToken } = slack.workspace.options;
  const tokens = { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken, SLACK_API_URL: slack.url };
  const redis = await RedisServer.start();
  const worker = await startWorker('tiny-gpt2', config, redis.url);
  const front = await startFrontEnd(tokens, config, redis.url);

  const acks: ReturnType<SlackServer['typeCommand']>[] = [];
  const started = performance.now();
  for (let number = 0; number < PER_SECOND * SECONDS; number++) {
    const user = people[number % PEOPLE]!.id;
    const channel = channels[number % CHANNELS]!.id;
    const text = `${number % 2} ${number % FEATURES} scale=${1 + Math.floor(number / FEATURES)} cutoff=0.02 tokens=10`;
    acks.push(slack.typeCommand({ user, channel, command: '/feature', text }));
    await sleep(Math.max(0, started + ((number + 1) * 1000) / PER_SECOND - performance.now()));
  }
  const all = await Promise.all(acks);
  await front.stop('SIGKILL');
  await worker.stop('SIGKILL');
  await slack.stop();
  await redis.kill();
  const latencies = all.flatMap((ack) => (ack?.latency == null ? [] : [ack.latency])).sort((a, b) => a - b);
  const quantile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(share * latencies.length))]!;
  return [
    { name: `ack at ${PER_SECOND} commands per second, median`, value: quantile(0.5), unit: 'ms' },
    { name: 'the same, 99th percentile', value: quantile(0.99), unit: 'ms', goal: '< 3000' },
    { name: 'the same, longest', value: quantile(1), unit: 'ms', goal: '< 3000' },
    {
      name: 'commands without an ack in time',
      value: all.filter((ack) => ack?.failure !== null).length,
      unit: '',
      goal: '0',
    },
  ];
}
