import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ProgressPace, progressEdits } from '../../src/adapters/slack/posting/progress.js';
import { Newest } from '../../src/async/newest.js';
import { Watchdog } from '../../src/hub/watchdog.js';
import type { Audience } from '../../src/jobs/shared/audience.js';
import { Workers } from '../../src/jobs/shared/index.js';
import { Watch } from '../../src/jobs/shared/watch.js';
import { ManualCore } from '../support/manualCore.js';
import { QUICK } from '../support/pace.js';
import { RedisServer, redisClient } from '../support/redis.js';
import { tinyModel } from '../support/tinyModel.js';
import { log } from './implementations.js';

/** Timers that keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

test.each<[string, () => { use(): void; stop(): void }]>([
  [
    'a throttle',
    () => {
      const throttle = new Newest<number>(
        () => 60_000,
        async () => {},
      );
      return { use: () => throttle.push(1), stop: () => void throttle.stop() };
    },
  ],
  [
    'a throttle whose first value waits for nothing',
    () => {
      const throttle = new Newest<number>(
        (sinceLast) => 60_000 - sinceLast,
        async () => {},
      );
      return { use: () => throttle.push(1), stop: () => void throttle.stop() };
    },
  ],
  [
    "Slack's progress",
    () => {
      const edits = progressEdits(new ProgressPace(60_000), async () => {});
      return { use: () => edits.push({ text: '', blocks: [] }), stop: () => void edits.stop() };
    },
  ],
  [
    'a watchdog of the Hub',
    () => {
      const dog = new Watchdog(60_000, undefined);
      return { use: () => dog.touch(), stop: () => dog.stop() };
    },
  ],
])('%s that was stopped arms no timer again', async (_, make) => {
  const before = timers();
  const { use, stop } = make();
  use();
  stop();
  use();
  await sleep(20);
  use();
  expect(timers()).toBeLessThanOrEqual(before);
});

test('a look that is under way when its watch is stopped ends nothing', async () => {
  let answer = (_wanted: 'no') => {};
  const asked = new Promise<'no'>((resolve) => {
    answer = resolve;
  });
  const audience = { wanted: () => asked } as unknown as Audience;
  const cancel = new AbortController();
  const watch = new Watch(audience, 'id', cancel, 60_000);
  const looking = watch.look();
  watch.stop();
  answer('no');
  await looking;
  expect([watch.reason, cancel.signal.aborted]).toEqual([undefined, false]);
});

test('workers that close while they announce themselves do not do so again', async () => {
  const redis = await RedisServer.start();
  try {
    const source = tinyModel();
    const limits = {
      perPerson: 1,
      perChannel: 1,
      perWorkspace: 1,
      altogether: 1,
      cacheBytes: 1,
      cacheSeconds: 1,
    };
    for (let round = 0; round < 5; round++) {
      const before = timers();
      const workers = await Workers.start({
        url: redis.url,
        log,
        timing: { ...QUICK, beat: 1 },
        models: [source.id],
        core: new ManualCore(),
        find: () => source,
        limits: { ...limits, nodes: 1, dreamTokens: 1 },
      });
      // With a beat this short an announcement is nearly always under way.
      await sleep(10 + round);
      await workers.close();
      await sleep(50);
      const looking = redisClient(redis.url);
      expect(await looking.zcard(`ghosttree:workers:${source.id}`)).toBe(0);
      looking.disconnect();
      expect(timers()).toBeLessThanOrEqual(before);
    }
  } finally {
    await redis.kill();
  }
});
