import { expect, test } from 'vitest';
import type { JobLimits } from '../../src/jobs/index.js';
import { LocalJobs } from '../../src/jobs/local/localJobs.js';
import { ManualCore, question, reportOf } from '../support/manualCore.js';
import { tinyJob } from '../support/processes.js';

const limits: JobLimits = {
  perPerson: 2,
  perWorkspace: 50,
  perChannel: 3,
  altogether: 4,
  cacheBytes: 10_000,
  cacheSeconds: 60,
};
const { source } = tinyJob();

test('the cache of this process stays within its bytes, oldest first out', async () => {
  const core = new ManualCore();
  const size = JSON.stringify(reportOf(question(1))).length;
  const jobs = new LocalJobs(core, { ...limits, cacheBytes: size * 2.5 });
  for (const feature of [1, 2, 3]) {
    const answer = jobs.ask('feature', question(feature), source);
    core.asked.at(-1)!.finish();
    await answer;
  }
  await Promise.all([2, 3].map((feature) => jobs.ask('feature', question(feature), source)));
  expect(core.asked.length).toBe(3);
  void jobs.ask('feature', question(1), source);
  expect(core.asked.length).toBe(4);
});

test('a picture is drawn once per key, within the bytes of the cache', async () => {
  const jobs = new LocalJobs(new ManualCore(), { ...limits, cacheBytes: 25 });
  const drawn: string[] = [];
  const draw = (key: string) =>
    jobs.picture(key, async () => {
      drawn.push(key);
      return { png: Buffer.alloc(10), name: key };
    });
  expect((await draw('a')).name).toBe('a');
  expect((await draw('a')).name).toBe('a');
  await draw('b');
  await draw('c'); // 'a' leaves
  await draw('b');
  await draw('a');
  expect(drawn).toEqual(['a', 'b', 'c', 'a']);
});

test('pictures are drawn one at a time, equal ones once, and a failure stops no other', async () => {
  const jobs = new LocalJobs(new ManualCore(), limits);
  let drawing = 0;
  let most = 0;
  const drawn: string[] = [];
  const picture = (key: string) =>
    jobs.picture(key, async () => {
      most = Math.max(most, ++drawing);
      drawn.push(key);
      await new Promise((resolve) => setTimeout(resolve, 5));
      drawing -= 1;
      if (key === 'broken') throw new Error('no canvas');
      return { png: Buffer.from(key) };
    });
  const all = await Promise.allSettled(['a', 'broken', 'b', 'a'].map(picture));
  expect(all.map((each) => (each.status === 'fulfilled' ? each.value.png.toString() : 'failed'))).toEqual([
    'a',
    'failed',
    'b',
    'a',
  ]);
  expect(drawn).toEqual(['a', 'broken', 'b']);
  expect(most).toBe(1);
  await expect(picture('broken')).rejects.toThrow('no canvas');
});
