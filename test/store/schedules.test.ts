import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../src/schedule/book.js';
import { openStore } from '../../src/store/index.js';
import { databases } from '../support/databases.js';

const CHANNEL = 'slack:T1:C1';
const DAY = '2026-11-23';
const LEASE = 60_000;
const HOUR = 3_600_000;

const SCHEDULE: Omit<Schedule, 'setBy'> = {
  channel: CHANNEL,
  at: '09:00',
  zone: 'Europe/Berlin',
  days: [1, 2, 3, 4, 5],
  model: 'gloss-12l',
  pick: 'interesting',
  since: 1_700_000_000_000,
};

describe.each(databases)('schedules in $name', ({ fresh }) => {
  /** A store with a clock of its own. */
  async function opened(location?: string) {
    const clock = { now: 1_700_000_000_000 };
    const store = await openStore(location ?? (await fresh()), { now: () => clock.now });
    return { book: store.schedules, clock, close: () => store.close() };
  }

  test('a schedule is kept as it was set, until it is replaced or removed', async () => {
    const location = await fresh();
    const first = await opened(location);
    await first.book.set(SCHEDULE, 'slack:T1:U1');
    await first.close();
    const { book, close } = await opened(location);
    expect(await book.schedule(CHANNEL)).toEqual({ ...SCHEDULE, setBy: 'slack:T1:U1' });
    const changed = { ...SCHEDULE, layer: 10, pick: { list: ['10/777', '10/12'] }, hastened: DAY };
    await book.set(changed, 'slack:T1:U2');
    await book.set({ ...SCHEDULE, channel: 'discord:C2' }, 'discord:U1');
    expect(await book.schedules()).toEqual([
      { ...SCHEDULE, channel: 'discord:C2', setBy: 'discord:U1' },
      { ...changed, setBy: 'slack:T1:U2' },
    ]);
    await book.set(SCHEDULE, 'slack:T1:U1');
    expect(await book.schedule(CHANNEL)).toEqual({ ...SCHEDULE, setBy: 'slack:T1:U1' });
    expect(await book.remove(CHANNEL, 'slack:T1:U1')).toBe(true);
    expect(await book.remove(CHANNEL, 'slack:T1:U1')).toBe(false);
    expect(await book.schedule(CHANNEL)).toBeUndefined();
    await close();
  });

  test('of 50 claims over two connections one wins, for a new post as for one that was left', async () => {
    const location = await fresh();
    const both = [await opened(location), await opened(location)] as const;
    const attempt = async (kind: string) => {
      const claims = await Promise.all(
        Array.from({ length: 50 }, (_, i) => both[i % 2]!.book.claim(CHANNEL, DAY, `${kind}${i}`, LEASE)),
      );
      return claims.flatMap((claim) => claim ?? []);
    };
    const won = await attempt('first');
    expect(won).toHaveLength(1);
    expect(won[0]).toMatchObject({ state: 'claimed', parts: 0, until: both[0].clock.now + LEASE });
    expect(await attempt('second')).toEqual([]);
    for (const { clock } of both) clock.now += LEASE;
    const taken = await attempt('third');
    expect(taken).toHaveLength(1);
    expect(taken[0]!.owner).toMatch(/^third/);
    for (const { close } of both) await close();
  });

  test('who takes a post over finds what was done, and who lost it is told', async () => {
    const { book, clock, close } = await opened();
    await book.claim(CHANNEL, DAY, 'a', LEASE);
    const chosen = { line: 'feature 10 777', model: 'gloss-12l', layer: 10, feature: 777 };
    expect(await book.advance(CHANNEL, DAY, 'a', { state: 'chosen', ...chosen })).toBe(true);
    // An advance may make the lease longer.
    await book.advance(CHANNEL, DAY, 'a', {
      state: 'announced',
      message: 'm1',
      parts: 2,
      until: clock.now + HOUR,
    });
    clock.now += LEASE;
    expect(await book.claim(CHANNEL, DAY, 'b', LEASE)).toBeUndefined();
    clock.now += HOUR;
    expect(await book.claim(CHANNEL, DAY, 'b', LEASE)).toEqual({
      channel: CHANNEL,
      day: DAY,
      state: 'announced',
      ...chosen,
      message: 'm1',
      parts: 2,
      owner: 'b',
      until: clock.now + LEASE,
    });
    expect(await book.advance(CHANNEL, DAY, 'a', { parts: 3 })).toBe(false);
    expect(await book.advance(CHANNEL, DAY, 'b', { parts: 3, state: 'posted' })).toBe(true);
    await close();
  });

  test('nothing that is posted or skipped is claimed or changed again', async () => {
    const { book, clock, close } = await opened();
    for (const [day, state] of [
      [DAY, 'posted'],
      ['2026-11-24', 'skipped'],
    ] as const) {
      await book.claim(CHANNEL, day, 'a', LEASE);
      await book.advance(CHANNEL, day, 'a', { state });
      clock.now += HOUR;
      expect(await book.claim(CHANNEL, day, 'b', LEASE)).toBeUndefined();
      expect(await book.claim(CHANNEL, day, 'a', LEASE)).toBeUndefined();
      expect(await book.advance(CHANNEL, day, 'a', { state: 'claimed' })).toBe(false);
    }
    await close();
  });

  test('a lease of a clock that was far ahead ends; one of a clock a little ahead does not', async () => {
    const { book, clock, close } = await opened();
    await book.claim(CHANNEL, DAY, 'a', LEASE);
    clock.now -= LEASE / 2;
    expect(await book.claim(CHANNEL, DAY, 'b', LEASE)).toBeUndefined();
    clock.now -= 2 * HOUR;
    expect(await book.claim(CHANNEL, DAY, 'b', LEASE)).toMatchObject({ owner: 'b' });
    await close();
  });

  test('a day is skipped unless its post has begun, and can be asked for all the same', async () => {
    const { book, close } = await opened();
    expect(await book.hasten(CHANNEL, DAY, 'u')).toBe(false);
    await book.set(SCHEDULE, 'u');
    expect(await book.skip(CHANNEL, DAY, 'nobody is here', 'u')).toMatchObject({
      state: 'skipped',
      note: 'nobody is here',
    });
    expect(await book.claim(CHANNEL, DAY, 'a', LEASE)).toBeUndefined();
    expect(await book.hasten(CHANNEL, DAY, 'u')).toBe(true);
    expect((await book.schedule(CHANNEL))!.hastened).toBe(DAY);
    expect(await book.claim(CHANNEL, DAY, 'a', LEASE)).toMatchObject({ state: 'claimed' });
    expect(await book.skip(CHANNEL, DAY, 'too late', 'u')).toMatchObject({ state: 'claimed', owner: 'a' });
    await close();
  });

  test('features that a channel was shown, oldest first; none that never came', async () => {
    const { book, close } = await opened();
    const days = ['2026-11-21', '2026-11-20', '2026-11-22', '2026-11-19'];
    const states = ['posted', 'posted', 'skipped', 'announced'] as const;
    for (const [i, day] of days.entries()) {
      await book.claim(CHANNEL, day, 'a', LEASE);
      const layer = i === 1 ? 6 : 10;
      await book.advance(CHANNEL, day, 'a', { model: 'gloss-12l', layer, feature: i, state: states[i]! });
    }
    await book.claim(CHANNEL, DAY, 'a', LEASE);
    expect(await book.shown(CHANNEL, 'gloss-12l')).toEqual([
      { layer: 10, feature: 3, day: '2026-11-19' },
      { layer: 6, feature: 1, day: '2026-11-20' },
      { layer: 10, feature: 0, day: '2026-11-21' },
    ]);
    expect(await book.shown(CHANNEL, 'gloss-12l', 6)).toHaveLength(1);
    expect(await book.shown(CHANNEL, 'gpt2-small')).toEqual([]);
    expect(await book.shown('slack:T1:C2', 'gloss-12l')).toEqual([]);
    await close();
  });

  test('each person counts once for a post, and the best of the days come first', async () => {
    const { book, close } = await opened();
    for (const day of ['2026-10-31', '2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04']) {
      await book.claim(CHANNEL, day, 'a', LEASE);
      await book.advance(CHANNEL, day, 'a', { state: 'posted', message: `m${day}` });
    }
    expect(await book.vote('no daily post', 'u1', 'star')).toBe(false);
    for (const [day, person, reaction] of [
      ['2026-10-31', 'u1', 'star'],
      ['2026-11-01', 'u1', 'star'],
      ['2026-11-01', 'u1', 'heart'],
      ['2026-11-02', 'u1', 'star'],
      ['2026-11-02', 'u2', 'star'],
      ['2026-11-03', 'u3', 'star'],
      ['2026-11-04', 'u3', 'star'],
    ] as const)
      expect(await book.vote(`m${day}`, person, reaction)).toBe(true);
    expect(await book.vote('m2026-11-02', 'u2', 'star')).toBe(true);
    await book.unvote('m2026-11-04', 'u3', 'star');
    const best = await book.best(CHANNEL, '2026-11-01', '2026-11-30');
    expect(best.map(({ post, votes }) => [post.day, votes])).toEqual([
      ['2026-11-02', 2],
      ['2026-11-03', 1],
      ['2026-11-01', 1],
    ]);
    expect(await book.postOf('m2026-11-02')).toEqual(best[0]!.post);
    expect(await book.postOf('other')).toBeUndefined();
    expect((await book.posts(CHANNEL, '2026-11-01', '2026-11-02')).map(({ day }) => day)).toEqual([
      '2026-11-01',
      '2026-11-02',
    ]);
    expect(await book.post(CHANNEL, '2026-11-05')).toBeUndefined();
    await close();
  });
});
