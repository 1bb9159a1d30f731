import { expect, test } from 'vitest';
import type { InferenceEvent } from '../../src/core/index.js';
import { InferenceWatch } from '../../src/operations/index.js';
import { notedLog } from '../support/notedLog.js';

test('a process that dies again and again before it works is told, until one works', async () => {
  const faults: string[] = [];
  const measured: InferenceEvent[] = [];
  const watch = new InferenceWatch(notedLog([], faults), (event) => void measured.push(event));
  const die = () => {
    watch.heard({ type: 'started', child: 1 });
    watch.heard({ type: 'ended', how: 'SIGKILL', expected: false, id: undefined });
  };
  die();
  die();
  expect(await watch.problem()).toBeUndefined();
  die();
  expect(await watch.problem()).toBe(
    'the inference process ended 3 times in a row before it could do anything',
  );
  expect(faults).toHaveLength(3);
  expect(measured).toHaveLength(6);
  watch.heard({ type: 'started', child: 2 });
  watch.heard({ type: 'state', residentBytes: 1, models: [], working: true });
  expect(await watch.problem()).toBeDefined();
  watch.heard({ type: 'state', residentBytes: 1, models: [] });
  expect(await watch.problem()).toBeUndefined();
  watch.heard({ type: 'ended', how: 0, expected: true, id: undefined });
  expect(faults).toHaveLength(3);
});
