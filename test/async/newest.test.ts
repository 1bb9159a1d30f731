import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { Newest } from '../../src/async/newest.js';
import { ownTime } from '../support/ownTime.js';

test('the newest value is passed on, and what came in between is dropped', async () => {
  const passed: number[] = [];
  const newest = new Newest<number>(
    () => 20,
    async (value) => void passed.push(value),
  );
  for (const value of [1, 2, 3]) newest.push(value);
  expect(passed).toEqual([]);
  await vi.waitFor(() => expect(passed).toEqual([3]));
  await sleep(40);
  expect(passed).toEqual([3]);
});

test('the first value waits for nothing where it need not, the next for its time', async () => {
  const passed: [value: number, at: number][] = [];
  const newest = new Newest<number>(
    (sinceLast) => 50 - sinceLast,
    async (value) => void passed.push([value, performance.now()]),
  );
  const start = performance.now();
  newest.push(1);
  await Promise.resolve();
  expect(passed.map(([value]) => value)).toEqual([1]);
  newest.push(2);
  newest.push(3);
  await vi.waitFor(() => expect(passed).toHaveLength(2));
  expect(passed[1]![0]).toBe(3);
  expect(passed[1]![1] - start).toBeGreaterThanOrEqual(48);
});

test('one is passed on at a time, and a failure does not keep the next back', async () => {
  let under = 0;
  let most = 0;
  const passed: number[] = [];
  const newest = new Newest<number>(
    () => 1,
    async (value) => {
      most = Math.max(most, ++under);
      await sleep(20);
      under--;
      passed.push(value);
      throw new Error('lost');
    },
  );
  newest.push(1);
  await sleep(10);
  newest.push(2);
  await sleep(5);
  newest.push(3);
  await vi.waitFor(() => expect(passed).toHaveLength(2));
  expect(passed).toEqual([1, 3]);
  expect(most).toBe(1);
});

test('a value that comes just as the last was passed on is not lost', async () => {
  const passed: number[] = [];
  const newest = new Newest<number>(
    () => 0,
    async (value) => {
      passed.push(value);
      if (value < 5) queueMicrotask(() => newest.push(value + 1));
    },
  );
  newest.push(1);
  await vi.waitFor(() => expect(passed).toHaveLength(5));
  expect(passed).toEqual([1, 2, 3, 4, 5]);
});

test('stopping drops what waits and all that comes later, and waits for what is under way', async () => {
  const passed: number[] = [];
  const newest = new Newest<number>(
    () => 5,
    async (value) => {
      await sleep(30);
      passed.push(value);
    },
  );
  newest.push(1);
  await sleep(15);
  newest.push(2);
  await newest.stop();
  expect(passed).toEqual([1]);
  newest.push(3);
  await sleep(50);
  expect(passed).toEqual([1]);
});

test('a stop during a long wait ends it', async () => {
  const newest = new Newest<number>(
    () => 60_000,
    async () => {},
  );
  newest.push(1);
  const start = ownTime();
  await newest.stop();
  expect(ownTime() - start).toBeLessThan(1000);
});
