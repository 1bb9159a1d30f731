import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, StoreError } from '../../src/store/index.js';
import { ownTime } from '../support/ownTime.js';
import { PostgresServer } from '../support/postgres.js';
import { missingRows } from '../support/storeFaults.js';
import { until } from '../support/until.js';
import { OtherProcess } from './otherProcess.js';

const SECRET = 'hush%/@hush';
/** One that may be crashed. */
let server: PostgresServer;
let made = 0;

beforeAll(async () => {
  server = await PostgresServer.start();
});
afterAll(() => server.stop());

/** Location of a new, empty database. */
async function fresh(): Promise<string> {
  const name = `test${++made}`;
  await server.execute(`CREATE DATABASE ${name}`);
  return server.url(name);
}

/** The refusal's text, which holds no secret in any form. */
async function refusal(location: string): Promise<string> {
  const error = (await openStore(location).catch((why) => why)) as Error;
  expect(error.name).toBe('InputError');
  expect(`${error.stack} ${JSON.stringify(error)}`).not.toMatch(/hush|only for tests|only%20for/);
  return error.message;
}

test('a wrong password is refused, and is not told', async () => {
  expect(await refusal(server.url('postgres', SECRET))).toBe(
    `The store, PostgreSQL at 127.0.0.1:${server.port}/postgres, refuses the user or the password in GHOSTTREE_STORE (28P01): correct them.`,
  );
});

test('a database that does not exist is refused with the remedy', async () => {
  expect(await refusal(server.url('missing'))).toMatch(/missing, does not exist: create it with createdb/);
});

test('a server that is not there is waited for, then refused with the remedy', async () => {
  const [begun, ownBegun] = [performance.now(), ownTime()];
  expect(await refusal(`postgres://ghosttree:hush@127.0.0.1:9/ghosttree`)).toMatch(
    /^The store, PostgreSQL at 127\.0\.0\.1:9\/ghosttree, cannot be reached \(ECONNREFUSED\): is it running/,
  );
  expect(performance.now() - begun).toBeGreaterThan(4000);
  expect(ownTime() - ownBegun).toBeLessThan(9000);
});

test.each([
  'postgres://ghosttree:hu/sh@h@127.0.0.1/x',
  'postgres://ghosttree:hush%@127.0.0.1/x',
  'postgres:hush',
])('an address that is none is refused: %s', async (address) => {
  expect(await refusal(address)).toMatch(/^GHOSTTREE_STORE is no address of a PostgreSQL database; expected/);
});

test('a user who may not make tables is told so', async () => {
  const location = await fresh();
  await server.execute(`CREATE ROLE guest LOGIN PASSWORD 'hush'`);
  expect(await refusal(location.replace(/\/\/.*@/, '//guest:hush@'))).toMatch(
    /does not let its user do that: the user must be allowed to create tables/,
  );
});

/** Ends the connections to the tests' databases, or those of them that wait for a lock. */
async function cut(which = 'TRUE'): Promise<void> {
  await server.execute(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname LIKE 'test%' AND ${which}`,
  );
}

/** Whether so many of the tests' connections wait for a lock. */
async function waiting(count: number): Promise<boolean> {
  const rows = await server.execute(
    `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname LIKE 'test%'`,
  );
  return rows.length === count;
}

test('connections that were cut are made again, also for what is asked before that is heard of', async () => {
  const store = await openStore(await fresh());
  const threads = Array.from({ length: 20 }, (_, i) => `t${i}`);
  await Promise.all(threads.map((thread) => store.rememberThread(thread, 'feature 10 777')));
  for (let i = 0; i < 5; i++) {
    await cut();
    const lines = await Promise.all(threads.map((thread) => store.threadLine(thread)));
    expect(lines).toEqual(threads.map(() => 'feature 10 777'));
  }
  await store.close();
});

test('a read whose connection is cut is asked again, a write and a transaction are not', async () => {
  const location = await fresh();
  const store = await openStore(location);
  await store.rememberThread('t', 'feature 10 777');
  const other = new Client({ connectionString: location });
  await other.connect();
  await other.query('BEGIN; LOCK TABLE threads, settings IN ACCESS EXCLUSIVE MODE');
  const failure = (asked: Promise<unknown>) => asked.catch((error) => error);
  const read = store.threadLine('t');
  const write = failure(store.rememberThread('u', 'feature 10 778'));
  const by = { person: 'slack:T1:U1', channel: 'slack:T1:C1' };
  const transaction = failure(store.settings.change('C1', new Map([['scale', '4']]), by));
  await until('three wait for the lock', () => waiting(3));
  await cut(`wait_event_type = 'Lock'`);
  expect(await write).toBeInstanceOf(StoreError);
  expect(await transaction).toBeInstanceOf(StoreError);
  await until('the read waits for the lock again', () => waiting(1));
  await other.query('COMMIT');
  expect(await read).toBe('feature 10 777');
  expect(await store.threadLine('u')).toBeUndefined();
  expect(await store.settings.of('C1')).toEqual(new Map());
  await other.end();
  await store.close();
});

test('a server that crashed and comes back: calls wait for it, and what was acknowledged is there', async () => {
  const store = await openStore(await fresh());
  for (let i = 0; i < 50; i++) await store.rememberThread(`t${i}`, `feature 10 ${i}`);
  await server.crash();
  const early = store.threadLine('t0');
  await sleep(500);
  await server.startAgain();
  expect(await early).toBe('feature 10 0');
  for (let i = 0; i < 50; i++) expect(await store.threadLine(`t${i}`)).toBe(`feature 10 ${i}`);
  await store.close();
});

test('a process that writes outlives crashes of the server, wherever in a statement they meet it', async () => {
  const location = await fresh();
  const writer = new OtherProcess('write', location, 'w');
  await writer.said(1);
  for (let crash = 0; crash < 3; crash++) {
    const before = writer.lines.length;
    await server.crash();
    await server.startAgain();
    await writer.said(before + 10);
  }
  await writer.kill();
  const store = await openStore(location);
  expect(await missingRows(store, writer.lines)).toEqual([]);
  await store.close();
});

test('a server that stays away is a clear failure, and an end of it is the end of the failures', async () => {
  const store = await openStore(await fresh());
  await server.crash();
  const failure = await store.check().catch((error) => error);
  expect(failure).toBeInstanceOf(StoreError);
  expect(failure.message).toMatch(/cannot be reached \(ECONNREFUSED\)/);
  await server.startAgain();
  await store.check();
  await store.close();
});
