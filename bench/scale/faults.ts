import { setTimeout as sleep } from 'node:timers/promises';
import { RedisServer } from '../../test/support/redis.js';
import type { BenchRow } from '../row.js';
import { Dice } from '../soak/dice.js';
import { isComplete, isLost, surplus } from '../soak/findings.js';
import { questions } from '../soak/questions.js';
import { SoakSlack } from '../soak/slack.js';
import { startFrontEnd, startWorker } from './setting.js';

const COMMANDS = 60;
/** Milliseconds between two commands. */
const EVERY = 400;
/** After so many of them a worker, and Redis, is killed. */
const WORKER_KILLED = 20;
const REDIS_KILLED = 40;
const REDIS_AWAY = 2000;
/** Milliseconds in which the last answer must be there. */
const PATIENCE = 120_000;

/** What people see of their answers when a worker and Redis are killed while they wait. */
export async function benchFaults(config: string): Promise<BenchRow[]> {
  const slack = new SoakSlack();
  await slack.start();
  const redis = await RedisServer.start('--appendonly', 'yes', '--appendfsync', 'always');
  const workers = [
    await startWorker('tiny-gpt2', config, redis.url),
    await startWorker('tiny-gpt2', config, redis.url),
  ];
  const front = await startFrontEnd(slack.environment(), config, redis.url);
  const all = questions(2 * COMMANDS, new Dice(1)).filter(({ platform }) => platform === 'slack');
  const asked: Promise<void>[] = [];
  for (const [number, question] of all.slice(0, COMMANDS).entries()) {
    asked.push(slack.ask(question));
    if (number === WORKER_KILLED) void workers[0]!.stop('SIGKILL');
    if (number === REDIS_KILLED)
      void redis
        .kill()
        .then(() => sleep(REDIS_AWAY))
        .then(() => redis.restart());
    await sleep(EVERY);
  }
  await Promise.all(asked);
  const end = Date.now() + PATIENCE;
  while (!slack.findings().every(isComplete) && Date.now() < end) await sleep(500);
  const found = slack.findings();
  await front.stop('SIGTERM');
  for (const worker of workers) await worker.stop('SIGTERM');
  await slack.stop();
  await redis.kill();
  const about = `of ${found.length} commands, worker and Redis killed once each`;
  return [
    { name: `answered ${about}`, value: found.filter(({ results }) => results > 0).length, unit: '' },
    {
      name: 'ended in a sentence that says why',
      value: found.filter((each) => each.results === 0 && each.sentence !== undefined).length,
      unit: '',
    },
    { name: 'lost', value: found.filter(isLost).length, unit: '', goal: '0' },
    { name: 'doubled', value: found.reduce((sum, each) => sum + surplus(each), 0), unit: '', goal: '0' },
  ];
}
