import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Libsql from 'libsql';
import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../src/schedule/book.js';
import { openStore } from '../../src/store/index.js';
import { databases } from '../support/databases.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { until } from '../support/until.js';

describe.each(databases)('a store in $name', ({ fresh, empty }) => {
  test('threads and buttons survive a restart', async () => {
    const location = await fresh();
    const before = await openStore(location);
    await before.rememberThread('slack:C1:1.0', 'feature 10 777');
    await before.rememberThread('slack:C1:1.0', 'feature 10 777 scale=5');
    await before.rememberButton('b1', { line: 'feature 10 777 weights=decoder' });
    await before.rememberButton('b2', { line: 'feature 10 777', wants: 'json' });
    await before.close();
    const after = await openStore(location);
    expect(await after.threadLine('slack:C1:1.0')).toBe('feature 10 777 scale=5');
    expect(await after.threadLine('slack:C1:2.0')).toBeUndefined();
    expect(await after.button('b1')).toEqual({ line: 'feature 10 777 weights=decoder' });
    expect(await after.button('b2')).toEqual({ line: 'feature 10 777', wants: 'json' });
    expect(await after.button('b3')).toBeUndefined();
    await after.close();
  });

  test('an event is new once in ten minutes', async () => {
    let now = 1_000_000;
    const store = await openStore(await fresh(), { now: () => now });
    expect(await store.firstTime('Ev1')).toBe(true);
    expect(await store.firstTime('Ev1')).toBe(false);
    expect(await store.firstTime('Ev2')).toBe(true);
    now += 10 * 60 * 1000 + 1;
    expect(await store.firstTime('Ev1')).toBe(true);
    expect(await store.firstTime('Ev1')).toBe(false);
    await store.close();
  });

  test.each([true, undefined, { $gt: '' }])(
    'an event that is %s is refused, and the next one taken',
    async (event) => {
      const store = await openStore(await fresh());
      // PostgreSQL's client writes them out as texts.
      await store.firstTime(event as unknown as string).catch((error) => expect(error).toBeInstanceOf(Error));
      expect(await store.firstTime('Ev1')).toBe(true);
      await store.close();
    },
  );

  test('what nobody has touched for a year is forgotten at the next start', async () => {
    const location = await fresh();
    let now = Date.UTC(2026, 0, 1);
    const day = 24 * 3600 * 1000;
    const first = await openStore(location, { now: () => now });
    await first.rememberThread('old', 'feature 10 1');
    now += 10 * day;
    await first.rememberThread('young', 'feature 10 2');
    await first.close();
    now += 360 * day;
    const second = await openStore(location, { now: () => now });
    expect(await second.threadLine('old')).toBeUndefined();
    expect(await second.threadLine('young')).toBe('feature 10 2');
    await second.close();
  });

  test('what is old is forgotten while the store is open, too, until it is closed', async () => {
    let now = Date.UTC(2026, 0, 1);
    const day = 24 * 3600 * 1000;
    const location = await fresh();
    const store = await openStore(location, { now: () => now, forgetEvery: 20, auditDays: 30 });
    await store.rememberThread('old', 'feature 10 1');
    await store.rememberButton('old', { line: 'feature 10 1' });
    const by = { person: 'slack:T1:U1', channel: 'slack:T1:C1' };
    await store.settings.change('slack:T1:C1', new Map([['theme', 'light']]), by);
    expect(await store.audit.since(0)).toHaveLength(1);
    now += 31 * day;
    await until('the audit is forgotten', async () => (await store.audit.since(0)).length === 0);
    expect(await store.threadLine('old')).toBe('feature 10 1');
    now += 350 * day;
    await until('the thread is forgotten', async () => (await store.threadLine('old')) === undefined);
    await until('the button is forgotten', async () => (await store.button('old')) === undefined);
    const other = await openStore(location, { now: () => now });
    await store.close();
    await other.rememberThread('new', 'feature 10 1');
    now += 366 * day;
    await sleep(100);
    expect(await other.threadLine('new')).toBe('feature 10 1');
    await other.close();
  });

  test('a change of a schedule whose entry in the audit fails is not made', async () => {
    let fails = false;
    // The clock is asked for the entry, after the change itself was written.
    const now = () => {
      if (fails) throw new Error('no time');
      return Date.UTC(2026, 0, 1);
    };
    const { schedules, audit, close } = await openStore(await fresh(), { now });
    const schedule: Omit<Schedule, 'setBy'> = {
      channel: 'slack:T1:C1',
      at: '09:00',
      zone: 'UTC',
      days: [1],
      model: 'gloss-12l',
      pick: 'random',
      since: 0,
    };
    await schedules.set(schedule, 'slack:T1:U1');
    fails = true;
    const { channel } = schedule;
    await expect(schedules.set({ ...schedule, at: '10:00' }, 'slack:T1:U2')).rejects.toThrow('no time');
    await expect(schedules.hasten(channel, '2026-01-02', 'slack:T1:U2')).rejects.toThrow('no time');
    await expect(schedules.remove(channel, 'slack:T1:U2')).rejects.toThrow('no time');
    fails = false;
    expect(await schedules.schedule(channel)).toEqual({ ...schedule, setBy: 'slack:T1:U1' });
    expect(await audit.since(0)).toHaveLength(1);
    await close();
  });

  test('several open an empty store at once, and each event is new to one of them', async () => {
    const location = await empty();
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore(location)));
    const events = Array.from({ length: 20 }, (_, i) => `Ev${i}`);
    const firsts = await Promise.all(
      events.map((event) => Promise.all(stores.map((store) => store.firstTime(event)))),
    );
    expect(firsts.map((each) => each.filter(Boolean).length)).toEqual(events.map(() => 1));
    await Promise.all(stores.map((store) => store.close()));
  });

  test('texts come back as they were, but for a character that no database keeps', async () => {
    const store = await openStore(await fresh());
    const line = `feature 10 777 prompt="Ça \u{1F47B} ''; DROP TABLE threads; -- \u202E \\ "`;
    await store.rememberThread('t', line);
    expect(await store.threadLine('t')).toBe(line);
    await store.rememberThread('nul\0thread', 'be\0fore');
    expect(await store.threadLine('nul\0thread')).toBe('be\uFFFDfore');
    await store.close();
  });

  test('a store answers whether it is there', async () => {
    const store = await openStore(await fresh());
    await expect(store.check()).resolves.toBeUndefined();
    await store.close();
    await expect(store.check()).rejects.toThrow();
  });
});

test('a file from before there were migrations keeps its rows', async () => {
  const file = join(await temporaryFolder(), 'ghosttree.sqlite');
  const old = new Libsql(file);
  old.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE IF NOT EXISTS threads (thread TEXT PRIMARY KEY, line TEXT NOT NULL, at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS buttons (id TEXT PRIMARY KEY, line TEXT NOT NULL, wants TEXT, at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS events (event TEXT PRIMARY KEY, at INTEGER NOT NULL);
    INSERT INTO threads VALUES ('slack:C1:1.0', 'feature 10 777', ${Date.now()});
    INSERT INTO buttons VALUES ('b1', 'feature 10 777', 'json', ${Date.now()});
    INSERT INTO events VALUES ('Ev1', ${Date.now()});
  `);
  old.close();
  const store = await openStore(file);
  expect(await store.threadLine('slack:C1:1.0')).toBe('feature 10 777');
  expect(await store.button('b1')).toEqual({ line: 'feature 10 777', wants: 'json' });
  expect(await store.firstTime('Ev1')).toBe(false);
  await store.rememberThread('slack:C1:1.0', 'feature 10 778');
  expect(await store.threadLine('slack:C1:1.0')).toBe('feature 10 778');
  await store.close();
});
