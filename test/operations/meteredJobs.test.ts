import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Core, InputError } from '../../src/core/index.js';
import { LocalJobs } from '../../src/jobs/local/localJobs.js';
import { Metrics, meteredCore, meteredJobs } from '../../src/operations/index.js';
import { tinyJob } from '../support/processes.js';

const limits = {
  perPerson: 9,
  perChannel: 9,
  perWorkspace: 9,
  altogether: 1,
  cacheBytes: 1e6,
  cacheSeconds: 60,
};
const asker = { person: 'fake:ada', channel: 'fake:general' };
const { source, request } = tinyJob();

/** A core that takes 30 ms, and its queue, measured. */
function measured(ask: Core['ask'] = slowly) {
  const metrics = new Metrics({ commands: [], models: [] });
  const core = meteredCore({ ask, close: async () => {} }, metrics);
  const jobs = meteredJobs(new LocalJobs(core, limits), metrics);
  const question = (feature: number) => jobs.ask('feature', { ...request, feature }, source, { asker });
  const value = async (name: string) => {
    const line = (await metrics.text()).split('\n').find((line) => line.startsWith(`ghosttree_${name} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };
  return { jobs, question, value };
}

const slowly = (async (_kind, { parameters }, _source, control) => {
  control?.onProgress?.({ stage: 'loading' });
  await sleep(30);
  return { parameters };
}) as Core['ask'];

test('a question is counted where it is, and its times are measured', async () => {
  const { question, value } = measured();
  const both = [question(1), question(2)];
  expect(await value('questions{state="running"}')).toBe(1);
  expect(await value('questions{state="waiting"}')).toBe(1);
  await Promise.all(both);
  expect(await value('questions{state="running"}')).toBe(0);
  expect(await value('questions{state="waiting"}')).toBe(0);
  expect(await value('queue_wait_seconds_count{kind="feature"}')).toBe(2);
  const waited = (await value('queue_wait_seconds_sum{kind="feature"}'))!;
  expect(waited).toBeGreaterThan(0.025);
  expect(waited).toBeLessThan((await value('computation_seconds_sum{kind="feature"}'))!);
  expect(await value('computation_seconds_count{kind="feature"}')).toBe(2);
});

test('what comes from a cache is a hit and took no work; what is refused is neither', async () => {
  const { jobs, question, value } = measured();
  await question(1);
  await question(1);
  expect(await value('cache_lookups_total{cache="reports",result="miss"}')).toBe(1);
  expect(await value('cache_lookups_total{cache="reports",result="hit"}')).toBe(1);
  const crowd = [question(2), question(3)];
  await expect(question(4)).rejects.toThrow(InputError);
  await Promise.all(crowd);
  expect(await value('cache_lookups_total{cache="reports",result="miss"}')).toBe(3);
  expect(await value('computation_seconds_count{kind="feature"}')).toBe(3);

  const draw = async () => ({ png: Buffer.alloc(8) });
  await jobs.picture('a', draw);
  await jobs.picture('a', draw);
  expect(await value('cache_lookups_total{cache="drawings",result="miss"}')).toBe(1);
  expect(await value('cache_lookups_total{cache="drawings",result="hit"}')).toBe(1);
  expect(await value('render_seconds_count')).toBe(1);
});

test('a question that fails leaves no trace in what is unfinished', async () => {
  const { question, value } = measured((async (
    _kind: never,
    _request: never,
    _source: never,
    control: never,
  ) => {
    (control as { onProgress?: (progress: object) => void }).onProgress?.({ stage: 'loading' });
    throw new Error('no');
  }) as Core['ask']);
  await expect(question(1)).rejects.toThrow('no');
  expect(await value('questions{state="running"}')).toBe(0);
  expect(await value('computation_seconds_count{kind="feature"}')).toBeUndefined();
});
