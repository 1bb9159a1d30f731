import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { within } from '../../src/async/within.js';
import { ownTime } from '../support/ownTime.js';

test('what comes in time is the answer, a failure, too', async () => {
  expect(await within(1000, Promise.resolve(1), () => 'late')).toBe(1);
  await expect(within(1000, Promise.reject(new Error('broken')), () => 'late')).rejects.toThrow('broken');
});

test('what is late is not waited for', async () => {
  const start = ownTime();
  expect(await within(20, sleep(5000, 1, { ref: false }), () => 'late')).toBe('late');
  expect(ownTime() - start).toBeLessThan(1000);
  const failing = within(5, new Promise(() => {}), () => {
    throw new Error('no answer in time');
  });
  await expect(failing).rejects.toThrow('no answer in time');
});

test('a failure that comes late is nobody’s any more', async () => {
  const unhandled: unknown[] = [];
  const hear = (reason: unknown) => unhandled.push(reason);
  process.on('unhandledRejection', hear);
  try {
    const work = sleep(20).then(() => {
      throw new Error('too late');
    });
    expect(await within(5, work, () => undefined)).toBeUndefined();
    await sleep(50);
    expect(unhandled).toEqual([]);
  } finally {
    process.off('unhandledRejection', hear);
  }
});

test('what came in time leaves no timer behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  await within(60_000, Promise.resolve(), () => undefined);
  expect(timers()).toBeLessThanOrEqual(before);
});
