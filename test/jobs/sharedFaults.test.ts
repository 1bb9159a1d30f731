import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { EngineError, type FeatureReport, InputError } from '../../src/core/index.js';
import { isLong } from '../support/longRun.js';
import { ManualCore, question } from '../support/manualCore.js';
import { PROGRAM_PACE } from '../support/pace.js';
import { tinyJob } from '../support/processes.js';
import { redisClient } from '../support/redis.js';
import { until } from '../support/until.js';
import { Program } from '../support/workerProgram.js';
import { SharedSetting } from './sharedSetting.js';

/** Workers are programs here, in the long tests with the patience they have when it counts. */
const LONG = { cutoff: 1e-8, top: 20, close: false, nodes: 20_000 };
const { source } = tinyJob();
let setting: SharedSetting;
const programs: Program[] = [];

afterEach(async () => {
  for (const program of programs.splice(0)) await program.stop('SIGKILL');
  await setting?.stop();
});

async function worker(): Promise<Program> {
  const script = isLong ? undefined : resolve('dist/test/support/quickWorker.js');
  const program = await Program.worker(setting.url, script);
  programs.push(program);
  return program;
}

/** A question that is being computed. */
async function computing(feature: number) {
  const jobs = await setting.frontEnd();
  let beginnings = 0;
  let latest = '';
  const answer = jobs.ask('feature', question(feature, LONG), source, {
    onProgress({ stage }) {
      // Every worker that begins with it says so first.
      if (stage === 'loading' && latest !== 'loading') beginnings += 1;
      latest = stage;
    },
  }) as Promise<FeatureReport>;
  answer.catch(() => {});
  const begun = (times: number) =>
    until('a worker grows the tree', () => beginnings >= times && latest === 'growing', 60_000);
  await begun(1);
  return { jobs, answer, begun };
}

/** How often a job of the queue ended with an answer. */
async function answersGiven(): Promise<number> {
  const redis = redisClient(setting.url);
  const events = await redis.xrange('ghosttree:questions-tiny-gpt2:events', '-', '+');
  redis.disconnect();
  return events.filter(([, fields]) => fields.includes('completed')).length;
}

test('the answer of a worker that is killed comes from another one, once', async () => {
  setting = await SharedSetting.start();
  const lost = await worker();
  const { answer } = await computing(7);
  await worker();
  await lost.stop('SIGKILL');
  expect((await answer).sae.feature).toBe(7);
  expect(await answersGiven()).toBe(1);
});

test('a question that two workers are lost with is given up', async () => {
  setting = await SharedSetting.start();
  const first = await worker();
  const { answer, begun } = await computing(7);
  await first.stop('SIGKILL');
  const second = await worker();
  await begun(2);
  await second.stop('SIGKILL');
  await worker();
  await expect(answer).rejects.toThrow(EngineError);
  await expect(answer).rejects.toThrow(/job stalled more than allowable limit/);
});

test('a worker that is told to stop answers first and ends within 25 s', async () => {
  setting = await SharedSetting.start();
  const program = await worker();
  const { answer, jobs } = await computing(7);
  const started = performance.now();
  const code = await program.stop('SIGTERM');
  expect(performance.now() - started).toBeLessThan(25_000);
  expect(code).toBe(0);
  expect((await answer).sae.feature).toBe(7);
  await expect(jobs.ask('feature', question(8), source)).rejects.toThrow(/^No worker answers questions/);
});

test('Redis that is killed and started again on what it kept loses no question', async () => {
  setting = await SharedSetting.startAlone('--appendonly', 'yes', '--appendfsync', 'always');
  await worker();
  const { answer, jobs } = await computing(7);
  const waiting = [1, 2, 3].map((feature) => jobs.ask('feature', question(feature), source));
  await sleep(200);
  await setting.redis.kill();
  await sleep(2000);
  await setting.redis.restart();
  expect((await answer).sae.feature).toBe(7);
  const reports = (await Promise.all(waiting)) as FeatureReport[];
  expect(reports.map(({ sae }) => sae.feature)).toEqual([1, 2, 3]);
});

test('a front end that is killed keeps neither work alive nor anybody out', async () => {
  setting = await SharedSetting.start();
  const core = new ManualCore();
  await setting.worker(core);
  const asking = new Program([setting.url], {}, resolve('dist/test/support/askingProgram.js'));
  programs.push(asking);
  const { control } = await core.nth(1);
  const jobs = await setting.frontEnd({ perPerson: 1 });
  const asker = { person: 'ada', channel: 'general' };
  await expect(jobs.check('feature', question(8), asker)).rejects.toThrow(InputError);
  await asking.stop('SIGKILL');
  await until(
    'the work of the lost front end ends',
    () => control.signal!.aborted,
    PROGRAM_PACE.lease + 5000,
  );
  await jobs.check('feature', question(8), asker);
});

test('a worker without a queue, with a wrong one, or without its model says so in one line', async () => {
  setting = await SharedSetting.start();
  const { url } = setting;
  const cases: [string[], Record<string, string>, RegExp][] = [
    [[], { QUEUE_URL: '' }, /^ghosttree: QUEUE_URL is missing/],
    [[], { QUEUE_URL: 'redis://:hush@127.0.0.1:1' }, /^ghosttree: Redis at 127.0.0.1:1 cannot be reached/],
    [['model=nobody'], { QUEUE_URL: url }, /^ghosttree: nobody is not in models.yaml/],
    [['gemma'], { QUEUE_URL: url }, /^ghosttree: worker takes models, not "gemma"/],
  ];
  for (const [words, env, message] of cases) {
    const program = new Program(['worker', ...words], env);
    programs.push(program);
    await until('the program ends', () => program.exitCode !== undefined, 30_000);
    expect(program.stderr).toMatch(message);
    expect(program.stderr).not.toMatch(/hush/);
    expect(program.exitCode).toBe(2);
  }
});
