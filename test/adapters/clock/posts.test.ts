import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DailyRunner } from '../../../src/adapters/clock/index.js';
import { LEASE_MILLISECONDS } from '../../../src/adapters/clock/lease.js';
import { jobLimits } from '../../../src/configuration/index.js';
import { LocalJobs } from '../../../src/jobs/local/localJobs.js';
import type { Schedule } from '../../../src/schedule/index.js';
import { openStore, type Store } from '../../../src/store/index.js';
import { notedLog } from '../../support/notedLog.js';
import { temporaryFolder } from '../../support/temporaryFolder.js';
import { closeCore, core, configuration as ordinary } from '../discord/setting.js';
import { FakeClock } from './fakeClock.js';
import { type Death, Mortal } from './mortal.js';
import { discordTown, slackTown, type Town } from './towns.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Monday; nine o'clock in Berlin. */
const NINE = Date.parse('2026-11-23T08:00:00Z');
const WHOLE = ['picture', 'list', 'examples'];
const PATIENCE = 120_000;

/** Hundreds of pictures are posted here, and nobody looks at what is in them. */
const configuration = {
  ...ordinary,
  settings: {
    ...ordinary.settings,
    defaults: { ...ordinary.settings.defaults, cutoff: 0.05, tokens: 5 },
  },
};

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
  outcomes: string[];
}

function newProcess(town: Town, death?: Death): Process {
  const mortal = new Mortal(death);
  const [infos, faults, outcomes]: string[][] = [[], [], []];
  const runner = new DailyRunner({
    book: mortal.sees(store.schedules),
    store: mortal.sees(store),
    context: { configuration, jobs, schedules: store.schedules },
    boards: [mortal.sees(town.board)],
    log: notedLog(infos!, faults!),
    meters: { posted: (outcome) => void outcomes!.push(outcome) },
    clock,
  });
  return { runner, mortal, infos: infos!, faults: faults!, outcomes: outcomes! };
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
  });
  beforeEach(() => clock.set(NINE));

  test(
    'at its time a channel gets one post with picture, list and examples below',
    async () => {
      clock.set(NINE - MINUTE);
      const channel = await scheduled(town);
      const { runner, faults, outcomes } = newProcess(town);
      await runner.look();
      expect(town.posts(channel)).toEqual([]);
      clock.set(NINE);
      await runner.look();
      await runner.look();
      expect(faults).toEqual([]);
      expect(outcomes).toEqual(['posted']);
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
      town.forget(true);
      for (let call = 1; ; call++) {
        let survived = false;
        for (const when of ['before', 'after'] as const) {
          clock.set(NINE);
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
      town.forget(false);
      expect(steps).toBeGreaterThan(30);
    },
    PATIENCE,
  );

  test(
    'two processes at the same instant make one post',
    async () => {
      const channels = await Promise.all(Array.from({ length: 3 }, () => scheduled(town)));
      const processes = [newProcess(town), newProcess(town)];
      await Promise.all(processes.map(({ runner }) => runner.look()));
      for (const channel of channels) {
        expect(town.posts(channel)).toEqual([{ title: expect.any(String), parts: WHOLE }]);
        await store.schedules.remove(channel, 'test');
      }
    },
    PATIENCE,
  );

  test(
    'a lost answer is not posted again, but looked for',
    async () => {
      const channel = await scheduled(town);
      const { runner } = newProcess(town);
      // Discord's client repeats by itself: every of its attempts.
      town.loseAnswers(town.name === 'Discord' ? 4 : 1);
      await runner.look();
      expect((await today(channel))!.state).toBe('posting');
      town.outage(false);
      clock.pass(MINUTE);
      await runner.look();
      expect(town.posts(channel)).toEqual([{ title: expect.any(String), parts: WHOLE }]);
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );

  test(
    'a platform that is away over the minute gets the post when it is back on the same day',
    async () => {
      const channel = await scheduled(town);
      const { runner } = newProcess(town);
      town.outage(true);
      await runner.look();
      clock.pass(HOUR);
      await runner.look();
      expect(town.posts(channel)).toEqual([]);
      town.outage(false);
      clock.pass(HOUR);
      await runner.look();
      expect(town.posts(channel)).toEqual([{ title: expect.any(String), parts: WHOLE }]);
      expect((await today(channel))!.state).toBe('posted');
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );

  test(
    'a platform that is away until the next day gets none for the day, and the day says why',
    async () => {
      clock.set(NINE + 14 * HOUR);
      const channel = await scheduled(town, { since: NINE - HOUR });
      const { runner } = newProcess(town);
      town.outage(true);
      await runner.look();
      town.outage(false);
      clock.pass(2 * HOUR);
      await runner.look();
      expect(town.posts(channel)).toEqual([]);
      const { state, note } = (await today(channel))!;
      expect(state).toBe('skipped');
      expect(note).toContain(`the day was over before it could be posted: ${town.name}`);
      clock.set(NINE + 24 * HOUR);
      await runner.look();
      expect(town.posts(channel)).toHaveLength(1);
      clock.set(NINE);
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );

  test(
    'a day on which no process ran is noted as skipped',
    async () => {
      const channel = await scheduled(town, { since: NINE - HOUR });
      clock.set(NINE + 23 * HOUR);
      await newProcess(town).runner.look();
      expect(await today(channel)).toMatchObject({ state: 'skipped' });
      expect(town.posts(channel)).toEqual([]);
      clock.set(NINE);
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );

  test(
    'while the platform is away each of many due posts is tried once a look, and all are posted when it is back',
    async () => {
      const channels: string[] = [];
      for (let more = 0; more < 7; more++) channels.push(await scheduled(town));
      const { runner, outcomes } = newProcess(town);
      const { claim } = store.schedules;
      const tries = new Map<string, number>();
      store.schedules.claim = (channel, ...rest) => {
        tries.set(channel, (tries.get(channel) ?? 0) + 1);
        return claim.call(store.schedules, channel, ...rest);
      };
      town.outage(true, 'unavailable');
      await runner.look();
      expect([...tries.values()]).toEqual(channels.map(() => 1));
      clock.pass(20_000);
      await runner.look();
      expect([...tries.values()]).toEqual(channels.map(() => 2));
      expect(outcomes).toEqual([]);
      town.outage(false);
      clock.pass(20_000);
      await runner.look();
      store.schedules.claim = claim;
      expect(outcomes).toEqual(channels.map(() => 'posted'));
      for (const channel of channels) {
        expect(town.posts(channel)).toEqual([{ title: expect.any(String), parts: WHOLE }]);
        await store.schedules.remove(channel, 'test');
      }
    },
    PATIENCE,
  );

  test(
    'a clock that jumps ahead takes no post from a process that is sending it',
    async () => {
      const channel = await scheduled(town);
      const first = newProcess(town);
      const second = newProcess(town);
      const { post } = town.board;
      let meanwhile = async () => {};
      // While the first process waits for the platform, the clock is set ahead and the second one looks.
      town.board.post = async function slowly(this: typeof town.board, ...args) {
        await meanwhile();
        return post.apply(town.board, args);
      };
      meanwhile = async () => {
        meanwhile = async () => {};
        clock.set(NINE + 2 * HOUR);
        await second.runner.look();
        await second.runner.look();
      };
      await first.runner.look();
      town.board.post = post;
      expect(town.posts(channel)).toEqual([{ title: expect.any(String), parts: WHOLE }]);
      clock.set(NINE);
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );

  test(
    'a clock that is set back makes no second post',
    async () => {
      const channel = await scheduled(town);
      const { runner } = newProcess(town);
      await runner.look();
      for (const time of [NINE - HOUR, NINE + MINUTE, NINE - 24 * HOUR, NINE]) {
        clock.set(time);
        await runner.look();
        await newProcess(town).runner.look();
      }
      expect(town.posts(channel)).toHaveLength(1);
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );

  test(
    'a process that is stopped posts nothing more, and the next one goes on at once',
    async () => {
      const channel = await scheduled(town);
      const { runner } = newProcess(town);
      const looking = runner.look();
      await runner.stop();
      await looking;
      const { length } = town.posts(channel);
      const next = newProcess(town);
      await next.runner.look();
      expect(length).toBeLessThanOrEqual(1);
      expect(town.posts(channel)).toEqual([{ title: expect.any(String), parts: WHOLE }]);
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );

  test(
    'reactions of people are votes, one for each person; those of the bot are none',
    async () => {
      const channel = await scheduled(town);
      const { votes } = town;
      const { runner } = newProcess(town);
      await runner.look();
      // The people's adapter has a store of its own here.
      const { message } = (await today(channel))!;
      await votes.claim(channel, '2026-11-23', 'test', MINUTE);
      await votes.advance(channel, '2026-11-23', 'test', { state: 'announced', message: message! });
      const count = async () => (await votes.best(channel, '2026-11-01', '2026-11-30'))[0]?.votes ?? 0;
      town.react(channel, 'bot', 'tada');
      town.react(channel, 'ada', 'tada');
      town.react(channel, 'ada', 'eyes');
      town.react(channel, 'bob', 'tada');
      await expect.poll(count).toBe(2);
      town.react(channel, 'ada', 'tada', true);
      town.react(channel, 'bob', 'tada', true);
      await expect.poll(count).toBe(1);
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );
});

/** The same numbers in every run. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe.each([0, 1])('thirty days on platform %i', (index) => {
  test(
    'with processes that are killed at random there are thirty posts, and none is doubled',
    async () => {
      const town = towns[index]!;
      town.forget(true);
      const chance = chances(index + 1);
      // Over the end of daylight saving.
      const start = Date.parse('2026-10-05T00:00:00Z');
      clock.set(start);
      const channel = await scheduled(town, { since: start, at: '02:30' });
      let kills = 0;
      for (let day = 0; day < 30; day++) {
        clock.set(start + day * 24 * HOUR);
        for (let attempt = 0; attempt < 24; attempt++) {
          // Two processes at a time; most are killed somewhere, none lives for longer than an hour.
          const deaths = [0, 1].map(() => ({
            call: 1 + Math.floor(chance() * 40),
            when: chance() < 0.5 ? ('before' as const) : ('after' as const),
          }));
          const processes = deaths.map((death) => newProcess(town, death));
          for (let minutes = 0; minutes < 60; minutes += 15) {
            await Promise.all(processes.map(({ runner }) => runner.look()));
            clock.pass(15 * MINUTE);
          }
          kills += processes.filter(({ mortal }) => mortal.isDead).length;
          const days = await store.schedules.posts(channel, '2026-10-05', '2026-11-05');
          if (days.filter(({ state }) => state === 'posted').length > day) break;
        }
      }
      const posts = town.posts(channel);
      town.forget(false);
      expect(kills).toBeGreaterThan(30);
      expect(posts).toHaveLength(30);
      for (const { parts } of posts) expect(parts).toEqual(WHOLE);
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );
});

test(
  'on the day that has an hour twice there is one post, and on the day that lacks its time it comes when clocks are set',
  async () => {
    const town = towns[1]!;
    for (const [from, until] of [
      ['2026-10-24T22:00:00Z', '2026-10-25T22:00:00Z'],
      ['2027-03-27T23:00:00Z', '2027-03-28T20:00:00Z'],
    ]) {
      clock.set(Date.parse(from!));
      const channel = await scheduled(town, { since: clock.now(), at: '02:30' });
      const { runner } = newProcess(town);
      const stood: number[] = [];
      for (; clock.now() < Date.parse(until!); clock.pass(10 * MINUTE)) {
        await runner.look();
        stood.push(town.posts(channel).length);
      }
      expect(stood[0]).toBe(0);
      expect(stood.at(-1)).toBe(1);
      await store.schedules.remove(channel, 'test');
    }
  },
  PATIENCE,
);

// The last ones: what is taken away here is not given back.
describe.each([0, 1])('platform %i, which does not let us look', (index) => {
  let town: Town;
  beforeAll(() => {
    town = towns[index]!;
  });
  beforeEach(() => clock.set(NINE));

  test(
    'where it cannot be found out whether it was posted, it is not posted again, and the operator is told',
    async () => {
      const channel = await scheduled(town);
      const first = newProcess(town);
      // Dies when the announcement stands and its answer is not heard.
      const { post } = town.board;
      town.board.post = async (...args) => {
        await post.apply(town.board, args);
        first.mortal.isDead = true;
        throw new Error('killed');
      };
      await first.runner.look();
      town.board.post = post;
      expect(town.posts(channel)).toHaveLength(1);
      town.blind(channel);
      const second = newProcess(town);
      await second.runner.look();
      clock.pass(LEASE_MILLISECONDS + MINUTE);
      await second.runner.look();
      expect(town.posts(channel)).toEqual([{ title: expect.any(String), parts: [] }]);
      expect(await today(channel)).toMatchObject({
        state: 'skipped',
        note: expect.stringContaining('it is not known whether it was posted'),
      });
      expect(second.faults).toEqual([expect.stringContaining('may be missing')]);
      await store.schedules.remove(channel, 'test');
    },
    PATIENCE,
  );
});
