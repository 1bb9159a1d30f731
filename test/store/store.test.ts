import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/index.js';
import { temporaryFolder } from '../support/terminal.js';

test('threads and buttons survive a restart', async () => {
  const file = join(await temporaryFolder(), 'ghosttree.sqlite');
  const before = await openStore(file);
  await before.rememberThread('slack:C1:1.0', 'feature 10 777');
  await before.rememberThread('slack:C1:1.0', 'feature 10 777 scale=5');
  await before.rememberButton('b1', { line: 'feature 10 777 weights=decoder' });
  await before.rememberButton('b2', { line: 'feature 10 777', wants: 'json' });
  before.close();
  const after = await openStore(file);
  expect(await after.threadLine('slack:C1:1.0')).toBe('feature 10 777 scale=5');
  expect(await after.threadLine('slack:C1:2.0')).toBeUndefined();
  expect(await after.button('b1')).toEqual({ line: 'feature 10 777 weights=decoder' });
  expect(await after.button('b2')).toEqual({ line: 'feature 10 777', wants: 'json' });
  expect(await after.button('b3')).toBeUndefined();
  after.close();
});

test('an event is new once in ten minutes', async () => {
  let now = 1_000_000;
  const store = await openStore(':memory:', () => now);
  expect(await store.firstTime('Ev1')).toBe(true);
  expect(await store.firstTime('Ev1')).toBe(false);
  expect(await store.firstTime('Ev2')).toBe(true);
  now += 10 * 60 * 1000 + 1;
  expect(await store.firstTime('Ev1')).toBe(true);
  store.close();
});

test('a file that is no database is refused with the remedy', async () => {
  const file = join(await temporaryFolder(), 'ghosttree.sqlite');
  await writeFile(file, 'this is not a database, however much one may wish it were. '.repeat(100));
  await expect(openStore(file)).rejects.toThrow(
    /^The store .* cannot be opened \(SQLITE_NOTADB\): check the folder/,
  );
});

test('a folder that does not exist is refused with the remedy', async () => {
  await expect(openStore('/no/such/folder/ghosttree.sqlite')).rejects.toThrow(/cannot be opened/);
});
