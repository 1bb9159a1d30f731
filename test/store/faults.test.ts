import { openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { migrate } from '../../src/store/engine/migrate.js';
import { openSqlite } from '../../src/store/engine/sqlite.js';
import { openStore, StoreError } from '../../src/store/index.js';
import { threads } from '../../src/store/subjects/threads.js';
import { ownTime } from '../support/ownTime.js';
import { fill, LONG_LINE, smallDisk } from '../support/storeFaults.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { OtherProcess } from './otherProcess.js';

const isRoot = process.getuid?.() === 0;

async function storeFile(): Promise<string> {
  return join(await temporaryFolder(), 'ghosttree.sqlite');
}

test('a write waits for another process that is writing, and this process goes on meanwhile', async () => {
  const file = await storeFile();
  const store = await openStore(file);
  const other = new OtherProcess('hold', file, 1500);
  await other.said(1);
  let longest = 0;
  let last = ownTime();
  const watch = setInterval(() => {
    longest = Math.max(longest, ownTime() - last);
    last = ownTime();
  }, 5);
  onTestFinished(() => clearInterval(watch));
  const begun = performance.now();
  await store.rememberThread('t', 'feature 10 777');
  expect(performance.now() - begun).toBeGreaterThan(500);
  expect(longest).toBeLessThan(1000);
  expect(await store.threadLine('t')).toBe('feature 10 777');
  await other.end();
  await store.close();
});

test('a store that stays locked is a clear failure, after which nothing that was written is missing', async () => {
  const file = await storeFile();
  const store = await openStore(file);
  const other = new OtherProcess('hold', file, 60_000);
  await other.said(1);
  const failure = await store.rememberThread('t', 'feature 10 777').catch((error) => error);
  expect(failure).toBeInstanceOf(StoreError);
  expect(failure.message).toBe(
    `The store ${file} is locked: another process has been writing to it for seconds. End that one, such as a database browser, and try again.`,
  );
  await expect(openStore(file)).rejects.toThrow(/is locked/);
  await other.kill();
  await store.rememberThread('u', 'feature 10 778');
  const second = await openStore(file);
  expect(await second.threadLine('t')).toBeUndefined();
  expect(await second.threadLine('u')).toBe('feature 10 778');
  await Promise.all([store.close(), second.close()]);
});

test('a full database refuses what it has no room for, keeps the rest, and goes on when there is room', async () => {
  const { database, close } = await openSqlite(await storeFile());
  await migrate(database);
  const { rememberThread, threadLine } = threads(database, Date.now);
  await sql`PRAGMA max_page_count = 40`.execute(database);
  const [count, failure] = await fill(rememberThread);
  expect(failure).toBeInstanceOf(StoreError);
  expect(String(failure)).toMatch(/^StoreError: The disk of the store .* is full: make room/);
  expect(count).toBeGreaterThan(10);
  for (let i = 0; i < count; i++) expect(await threadLine(`t${i}`)).toBe(LONG_LINE);
  expect(await threadLine(`t${count}`)).toBeUndefined();
  await sql`PRAGMA max_page_count = 4000`.execute(database);
  await rememberThread(`t${count}`, LONG_LINE);
  expect(await threadLine(`t${count}`)).toBe(LONG_LINE);
  await close();
});

test.runIf(isRoot && process.platform === 'linux')('a full disk loses no row either', async ({ skip }) => {
  const disk = await smallDisk();
  if (!disk) return skip('no disk can be mounted here');
  onTestFinished(disk.remove);
  const file = join(disk.folder, 'ghosttree.sqlite');
  const store = await openStore(file);
  const [count, failure] = await fill(store.rememberThread);
  expect(String(failure)).toMatch(/^StoreError: The disk of the store .* is full: make room/);
  expect(count).toBeGreaterThan(10);
  for (let i = 0; i < count; i++) expect(await store.threadLine(`t${i}`)).toBe(LONG_LINE);
  await store.close();
  disk.grow();
  const again = await openStore(file);
  for (let i = 0; i < count; i++) expect(await again.threadLine(`t${i}`)).toBe(LONG_LINE);
  await again.rememberThread('after', LONG_LINE);
  expect(await again.threadLine('after')).toBe(LONG_LINE);
  await again.close();
});

/** Does something as a user whom root's rights do not help. */
async function unprivileged<T>(action: () => Promise<T>): Promise<T> {
  if (!isRoot) return action();
  process.seteuid!(65_534);
  try {
    return await action();
  } finally {
    process.seteuid!(0);
  }
}

test('a folder or a file that cannot be written is refused with the remedy', async () => {
  const folder = join(await temporaryFolder(), 'data');
  const file = join(folder, 'ghosttree.sqlite');
  await mkdir(folder);
  const store = await openStore(file);
  await store.close();
  await chmod(join(folder, '..'), 0o755);
  await chmod(file, 0o444);
  await chmod(folder, 0o555);
  const remedy =
    /cannot be opened for writing \(\w+\): its folder, its file and the files beside it must belong/;
  await expect(unprivileged(() => openStore(file))).rejects.toThrow(remedy);
  await expect(unprivileged(() => openStore(join(folder, 'other.sqlite')))).rejects.toThrow(remedy);
  await expect(unprivileged(() => openStore(join(folder, 'deeper/other.sqlite')))).rejects.toThrow(remedy);
  await chmod(folder, 0o755);
  const again = await openStore(file);
  await again.check();
  await again.close();
});

test('a file that is no database is refused with the remedy, and stays as it is', async () => {
  const file = await storeFile();
  const text = 'this is not a database, however much one may wish it were. '.repeat(100);
  await writeFile(file, text);
  await expect(openStore(file)).rejects.toThrow(
    /^The store .* is damaged or no database \(SQLITE_NOTADB\): restore a copy made by ghosttree backup/,
  );
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a damaged file is refused at the start with the remedy', async () => {
  const file = await storeFile();
  const store = await openStore(file);
  for (let i = 0; i < 200; i++) await store.rememberThread(`t${i}`, LONG_LINE);
  await store.close();
  const pages = statSync(file).size / 4096;
  const disk = openSync(file, 'r+');
  // The first page, which tells what the file is, stays whole.
  for (let page = 2; page < pages; page += 5) writeSync(disk, Buffer.alloc(700, 0xa5), 0, 700, page * 4096);
  await expect(openStore(file)).rejects.toThrow(
    /is damaged or no database \(SQLITE_CORRUPT\w*\): restore a copy made by ghosttree backup/,
  );
});

test('a file with damage within a text is refused, too: reading it would end the process', async () => {
  const file = await storeFile();
  const store = await openStore(file);
  for (let i = 0; i < 10; i++) await store.rememberThread(`t${i}`, LONG_LINE);
  await store.close();
  const bytes = readFileSync(file);
  // Every copy: SQLite leaves some in space that it does not use any more.
  for (let text = bytes.indexOf(LONG_LINE); text >= 0; text = bytes.indexOf(LONG_LINE, text + 1))
    bytes.fill(0xa5, text + 500, text + 520);
  await writeFile(file, bytes);
  await expect(openStore(file)).rejects.toThrow(/is damaged or no database \(SQLITE_CORRUPT\)/);
});

test('a folder that cannot be made is refused with the remedy', async () => {
  await expect(openStore('/dev/null/ghosttree.sqlite')).rejects.toThrow(/cannot be opened for writing/);
});
