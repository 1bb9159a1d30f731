import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { afterEach, expect, test } from 'vitest';
import { CancelledError, EngineError, InputError } from '../../src/core/index.js';
import type { SharedJobs } from '../../src/jobs/shared/index.js';
import { ManualCore, PATIENCE, question } from '../support/manualCore.js';
import { tinyJob } from '../support/processes.js';
import { freePort, redisClient } from '../support/redis.js';
import { until } from '../support/until.js';
import { SharedSetting } from './sharedSetting.js';

const { source } = tinyJob();
let setting: SharedSetting;

afterEach(() => setting?.stop());

function ask(jobs: SharedJobs, feature: number, control: Parameters<SharedJobs['ask']>[3] = {}) {
  const answer = jobs.ask('feature', question(feature), source, control);
  answer.catch(() => {});
  return answer;
}

test('two front ends that ask the same share one computation, and a third finds it in the cache', async () => {
  setting = await SharedSetting.start();
  const core = new ManualCore();
  await setting.worker(core);
  const [one, two, three] = [await setting.frontEnd(), await setting.frontEnd(), await setting.frontEnd()];
  const answers = [ask(one, 7), ask(two, 7)];
  const { finish } = await core.nth(1);
  await sleep(100);
  finish();
  for (const answer of answers) expect((await answer).sae.feature).toBe(7);
  expect((await ask(three, 7)).sae.feature).toBe(7);
  expect(core.asked.length).toBe(1);
});

test('two workers answer two questions at once', async () => {
  setting = await SharedSetting.start();
  const cores = [new ManualCore(), new ManualCore()];
  for (const core of cores) await setting.worker(core);
  const jobs = await setting.frontEnd();
  const answers = [1, 2].map((feature) => ask(jobs, feature));
  for (const core of cores) (await core.nth(1)).finish();
  expect((await Promise.all(answers)).map(({ sae }) => sae.feature)).toEqual([1, 2]);
});

test('limits hold for all front ends together', async () => {
  setting = await SharedSetting.start();
  const core = new ManualCore();
  await setting.worker(core);
  const [one, two] = [await setting.frontEnd(), await setting.frontEnd()];
  const asker = { person: 'ada', channel: 'general' };
  void ask(one, 1, { asker });
  void ask(two, 2, { asker });
  await core.nth(1);
  await until('one question is asked', () => core.asked.length === 1, PATIENCE);
  await sleep(100);
  const refused = 'You have 2 unanswered questions: please wait for an answer, or cancel one.';
  await expect(one.check('feature', question(3), asker)).rejects.toThrow(new InputError(refused));
  await expect(ask(two, 3, { asker })).rejects.toThrow(new InputError(refused));
});

test('work ends when nobody on any front end is interested any more', async () => {
  setting = await SharedSetting.start();
  const core = new ManualCore(true);
  await setting.worker(core);
  const [one, two] = [await setting.frontEnd(), await setting.frontEnd()];
  const [first, second] = [new AbortController(), new AbortController()];
  const answers = [
    ask(one, 7, { signal: first.signal, keepsFound: true }),
    ask(two, 7, { signal: second.signal, keepsFound: true }),
  ];
  const { control } = await core.nth(1);
  await sleep(100);
  first.abort();
  await expect(answers[0]).rejects.toThrow(CancelledError);
  await sleep(300);
  expect(control.signal!.aborted).toBe(false);
  // Now alone: what was found is the answer.
  second.abort();
  expect((await answers[1])!.sae.feature).toBe(7);
  expect(control.signal!.aborted).toBe(true);
});

test('a worker that is told to stop finishes what is short and hands back what is long', async () => {
  setting = await SharedSetting.start();
  const [leaving, staying] = [new ManualCore(), new ManualCore()];
  const jobs = await setting.frontEnd();
  const first = await setting.worker(leaving, { drain: 300 });
  const short = ask(jobs, 1);
  const { finish } = await leaving.nth(1);
  const closed = first.close();
  finish();
  expect((await short).sae.feature).toBe(1);
  await closed;

  const again = new ManualCore();
  const second = await setting.worker(again, { drain: 300 });
  const long = ask(jobs, 2);
  const { control } = await again.nth(1);
  const other = await setting.worker(staying);
  await second.close();
  expect(control.signal!.aborted).toBe(true);
  (await staying.nth(1)).finish();
  expect((await long).sae.feature).toBe(2);
  await other.close();
});

test('a model that nobody serves is refused at once, and one whose workers are gone is given up', async () => {
  setting = await SharedSetting.start();
  const jobs = await setting.frontEnd({}, { patience: 1000, lease: 600 });
  const refused = new InputError(
    'No worker answers questions about tiny-gpt2 at the moment: an operator starts one with `ghosttree worker model=tiny-gpt2`.',
  );
  await expect(jobs.check('feature', question(1), { person: 'ada', channel: 'c' })).rejects.toThrow(refused);
  await expect(ask(jobs, 1)).rejects.toThrow(refused);
  const core = new ManualCore();
  const worker = await setting.worker(core, { drain: 100, lease: 600 });
  const answer = ask(jobs, 1);
  await core.nth(1);
  await worker.close();
  await expect(answer).rejects.toThrow(
    new EngineError('Every worker that answers questions about tiny-gpt2 is gone; please try again later.'),
  );
});

test('Redis that loses everything does not lose a question', async () => {
  setting = await SharedSetting.startAlone();
  const core = new ManualCore();
  await setting.worker(core);
  const jobs = await setting.frontEnd();
  const running = ask(jobs, 1);
  const { finish } = await core.nth(1);
  const waiting = ask(jobs, 2);
  await sleep(200);
  await setting.redis.kill();
  await sleep(500);
  finish();
  await setting.redis.restart();
  expect((await running).sae.feature).toBe(1);
  const answering = setInterval(() => core.asked.at(-1)?.finish(), 50);
  expect((await waiting).sae.feature).toBe(2);
  clearInterval(answering);
  expect(setting.infos.some((line) => line.endsWith('is back.'))).toBe(true);
});

test('a question ends in a clear error when Redis stays away, and a new one does within seconds', async () => {
  setting = await SharedSetting.startAlone();
  const core = new ManualCore();
  await setting.worker(core, { drain: 100 });
  const jobs = await setting.frontEnd({}, { patience: 2000, command: 500 });
  const answer = ask(jobs, 1);
  await core.nth(1);
  await setting.redis.kill();
  await expect(answer).rejects.toThrow(
    new EngineError('The queue could not be reached for too long; please try again later.'),
  );
  const refused = 'The queue cannot be reached at the moment; please try again in a minute.';
  await expect(ask(jobs, 2)).rejects.toThrow(new EngineError(refused));
  await expect(jobs.check('feature', question(2), { person: 'ada', channel: 'c' })).rejects.toThrow(refused);
});

test('a Redis that is not there or refuses us is named without the password', async () => {
  setting = await SharedSetting.startAlone('--requirepass', 'right');
  const { port } = setting.redis;
  for (const user of ['', ':wrong@', 'ada:wrong@']) {
    const refused = setting.frontEnd({}, {}, `redis://${user}127.0.0.1:${port}`);
    await expect(refused).rejects.toThrow(
      new InputError(`Redis at 127.0.0.1:${port} refuses the user name or password of QUEUE_URL.`),
    );
  }
  const nobody = await freePort();
  await expect(setting.frontEnd({}, {}, `redis://:wrong@127.0.0.1:${nobody}`)).rejects.toThrow(
    new InputError(
      `Redis at 127.0.0.1:${nobody} cannot be reached (ECONNREFUSED): is it running, and is QUEUE_URL right?`,
    ),
  );
  const jobs = await setting.frontEnd({}, {}, `redis://:right@127.0.0.1:${port}`);
  await expect(ask(jobs, 1)).rejects.toThrow(/^No worker answers/);
});

test('a Redis that may throw questions away is warned about', async () => {
  setting = await SharedSetting.startAlone('--maxmemory-policy', 'allkeys-lru');
  await setting.frontEnd();
  expect(setting.infos).toEqual([
    'Redis may throw questions away when its memory is full (maxmemory-policy allkeys-lru): set it to noeviction.',
  ]);
});

test('what a stranger puts into the queue or the cache does no harm', async () => {
  setting = await SharedSetting.start();
  const core = new ManualCore();
  await setting.worker(core);
  const queue = new Queue('questions-tiny-gpt2', {
    connection: redisClient(setting.url),
    prefix: 'ghosttree',
  });
  const hostile: unknown[] = [
    null,
    'boom',
    { kind: '__proto__', request: {} },
    { kind: 'feature', request: { ...question(7), layer: '../../etc' } },
    { kind: 'feature', request: question(7, { nodes: 1e9 }) },
    { kind: 'feature', request: question(7) }, // under an id that is not its own
  ];
  const redis = redisClient(setting.url);
  for (const [at, data] of hostile.entries()) {
    await redis.zadd(`ghosttree:audience:hostile-${at}`, '+inf', 'somebody');
    await queue.add('x', data, { jobId: `hostile-${at}`, priority: 1, removeOnComplete: true });
  }
  const ended = async () => {
    const events = await redis.xrange(queue.toKey('events'), '-', '+');
    return events.map(([, fields]) => fields.join(' ')).filter((event) => event.includes('event completed'));
  };
  await until('every hostile job ends', async () => (await ended()).length >= hostile.length);
  for (const event of await ended()) expect(event).toContain('"type":"failed"');
  expect(core.asked).toEqual([]);
  const jobs = await setting.frontEnd();
  const answer = ask(jobs, 7);
  (await core.nth(1)).finish();
  await answer;
  // An answer that nobody can read is computed again.
  const [id] = await redis.hkeys('ghosttree:results');
  await redis.hset('ghosttree:results', id!, 'garbage');
  const another = ask(await setting.frontEnd(), 7);
  (await core.nth(2)).finish();
  expect((await another).sae.feature).toBe(7);
  redis.disconnect();
  await queue.close();
});

test('the shared cache keeps its bytes, oldest first out, and forgets what is too old', async () => {
  setting = await SharedSetting.start();
  const core = new ManualCore();
  const limits = { cacheBytes: 1000, cacheSeconds: 2 };
  await setting.worker(core, {}, limits);
  const redis = redisClient(setting.url);
  const answered = async (feature: number) => {
    const asked = core.asked.length;
    // A front end of its own: nothing in its local cache.
    const answer = ask(await setting.frontEnd(limits), feature);
    const answering = setInterval(() => core.asked.at(-1)?.finish(), 20);
    await answer;
    clearInterval(answering);
    return core.asked.length > asked ? 'computed' : 'cached';
  };
  for (const feature of [1, 2, 3]) await answered(feature);
  const bytes = Number(await redis.get('ghosttree:results:bytes'));
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(limits.cacheBytes);
  expect(await redis.hlen('ghosttree:results')).toBe(await redis.zcard('ghosttree:results:ages'));
  expect(await answered(3)).toBe('cached');
  expect(await answered(1)).toBe('computed');
  await sleep(2100);
  expect(await answered(1)).toBe('computed');
  redis.disconnect();
});
