import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStore, StoreError } from '../../src/store/index.js';
import { PostgresServer } from '../support/postgres.js';
import { missingRows } from '../support/storeFaults.js';
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
  const begun = performance.now();
  expect(await refusal(`postgres://ghosttree:hush@127.0.0.1:9/ghosttree`)).toMatch(
    /^The store, PostgreSQL at 127\.0\.0\.1:9\/ghosttree, cannot be reached \(ECONNREFUSED\): is it running/,
  );
  expect(performance.now() - begun).toBeGreaterThan(4000);
  expect(performance.now() - begun).toBeLessThan(9000);
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

test('connections that were cut are made again', async () => {
  const store = await openStore(await fresh());
  await store.rememberThread('t', 'feature 10 777');
  await server.execute(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname LIKE 'test%'`,
  );
  await sleep(200);
  expect(await store.threadLine('t')).toBe('feature 10 777');
  await store.close();
});

test('a server that crashed and comes back: calls wait for it, and what was acknowledged is there', async () => {
  const store = await openStore(await fresh());
  for (let i = 0; i < 50; i++) await store.rememberThread(`t${i}`, `feature 10 ${i}`);
  await server.crash();
  // What is asked on a connection before its end is heard of is lost with it, which is another promise.
  await sleep(100);
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
}, 60_000);

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
