import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DailyRunner } from '../../../src/adapters/clock/index.js';
import { LEASE_MILLISECONDS } from '../../../src/adapters/clock/lease.js';
import { jobLimits } from '../../../src/config.js';
import { LocalJobs } from '../../../src/jobs/index.js';
import type { Schedule } from '../../../src/schedule/index.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { notedLog } from '../../support/notedLog.js';
import { temporaryFolder } from '../../support/terminal.js';
import { closeCore, configuration, core } from '../discord/setting.js';
import { FakeClock } from './fakeClock.js';
import { type Death, Mortal } from './mortal.js';
import { discordTown, slackTown, type Town } from './towns.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Monday; nine o'clock in Berlin. */
const NINE = Date.parse('2026-11-23T08:00:00Z');
const WHOLE = ['picture', 'list', 'examples'];
const PATIENCE = 120_000;

// One after the other: Bolt replaces the HTTP client that discord.js would find.
const towns: Town[] = [];
let store: Store;
let clock: FakeClock;
/** Computes once what all processes post. */
let jobs: LocalJobs;
beforeAll(async () => {
  towns.push(await discordTown(), await slackTown());
  jobs = new LocalJobs(core, jobLimits(configuration.settings));
  clock = new FakeClock(NINE);
  const file = join(await temporaryFolder(), 'ghosttree.sqlite');
  store = await openStore(file, { now: () => clock.now() });
});
afterAll(async () => {
  for (const town of towns) await town.stop();
  await store.close();
  await closeCore();
});

interface Process {
  runner: DailyRunner;
  mortal: Mortal;
  infos: string[];
  faults: string[];
}

function newProcess(town: Town, death?: Death): Process {
  const mortal = new Mortal(death);
  const [infos, faults]: string[][] = [[], []];
  const runner = new DailyRunner({
    book: mortal.sees(store.schedules),
    store: mortal.sees(store),
    context: { configuration, jobs, schedules: store.schedules },
    boards: [mortal.sees(town.board)],
    log: notedLog(infos!, faults!),
    clock,
  });
  return { runner, mortal, infos: infos!, faults: faults! };
}

async function scheduled(town: Town, changes: Partial<Schedule> = {}): Promise<string> {
  const channel = town.channel();
  const pick = { list: ['0/7'] };
  const days = [1, 2, 3, 4, 5, 6, 7];
  const schedule = { channel, at: '09:00', zone: 'Europe/Berlin', days, model: 'tiny-gpt2', pick, since: 0 };
  await store.schedules.set({ ...schedule, since: clock.now() - HOUR, ...changes }, 'test');
  return channel;
}

const today = (channel: string, day = '2026-11-23') => store.schedules.post(channel, day);

describe.each([0, 1])('on platform %i', (index) => {
  let town: Town;
  beforeAll(() => {
    town = towns[index]!;
    clock.set(NINE);
  });

  test(
    'at its time a channel gets one post with picture, list and examples below',
    async () => {
      clock.set(NINE - MINUTE);
      const channel = await scheduled(town);
      const { runner, faults } = newProcess(town);
      await runner.look();
      expect(town.posts(channel)).toEqual([]);
      clock.set(NINE);
      await runner.look();
      await runner.look();
      expect(faults).toEqual([]);
      expect(town.posts(channel)).toEqual([
        { title: expect.stringContaining('Feature of the day'), parts: WHOLE },
      ]);
      expect(await today(channel)).toMatchObject({
        state: 'posted',
        parts: 3,
        line: expect.stringContaining('0 7'),
      });
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );

  test(
    'killed at any step, another process finishes the post, and nothing stands twice',
    async () => {
      let steps = 0;
      for (let call = 1; ; call++) {
        let survived = false;
        for (const when of ['before', 'after'] as const) {
          const channel = await scheduled(town);
          const first = newProcess(town, { call, when });
          await first.runner.look();
          survived = !first.mortal.isDead;
          if (survived) {
            await store.schedules.remove(channel, 'test');
            break;
          }
          steps++;
          const second = newProcess(town);
          await second.runner.look();
          clock.pass(LEASE_MILLISECONDS + MINUTE);
          await second.runner.look();
          const step = `${when} call ${call}`;
          expect(second.faults, step).toEqual([]);
          expect(town.posts(channel), step).toEqual([{ title: expect.any(String), parts: WHOLE }]);
          expect((await today(channel))!.state, step).toBe('posted');
          await store.schedules.remove(channel, 'test');
        }
        if (survived) break;
      }
      expect(steps).toBeGreaterThan(30);
    },
    PATIENCE,
  );
});
