import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import Libsql from 'libsql';
import { describe, expect, test } from 'vitest';
import { InputError } from '../../src/core/index.js';
import { newKey, openStore, readKeys } from '../../src/store/index.js';
import { databases } from '../support/databases.js';

const SECRET = 'xoxb-17653672481-19874698323-pdFZKVeTuE8sk7oOcBrzbqgy';
const FOREVER = Number.MAX_SAFE_INTEGER;

describe.each(databases)('installations in $name', ({ fresh }) => {
  test('survive a restart, are replaced and forgotten', async () => {
    const location = await fresh();
    const keys = readKeys(newKey());
    const before = await openStore(location, { keys });
    await before.installations.keep('T1', 'first');
    await before.installations.keep('T2', SECRET);
    await before.installations.keep('T1', 'second');
    await before.close();
    const { installations, close } = await openStore(location, { keys });
    expect(await installations.installation('T1')).toBe('second');
    expect(await installations.installation('T2')).toBe(SECRET);
    expect(await installations.installation('T3')).toBeUndefined();
    expect(await installations.teams()).toEqual(['T1', 'T2']);
    expect(await installations.forget('T1', FOREVER)).toBe(true);
    expect(await installations.forget('T1', FOREVER)).toBe(false);
    expect(await installations.teams()).toEqual(['T2']);
    await close();
  });

  test('one that is younger than what ended it stays', async () => {
    let now = 1_000;
    const { installations, close } = await openStore(await fresh(), {
      keys: readKeys(newKey()),
      now: () => now,
    });
    await installations.keep('T1', 'first');
    now = 3_000;
    await installations.keep('T1', 'second');
    expect(await installations.forget('T1', 2_000)).toBe(false);
    expect(await installations.installation('T1')).toBe('second');
    await close();
  });

  test('a newer key encrypts, older ones still open, and a renewed store needs the newer one only', async () => {
    const location = await fresh();
    const [old, young] = [newKey(), newKey()];
    const first = await openStore(location, { keys: readKeys(old) });
    for (const team of ['T1', 'T2', 'T3']) await first.installations.keep(team, `${SECRET} of ${team}`);
    await first.close();

    const both = await openStore(location, { keys: readKeys(`${young},${old}`) });
    await both.installations.keep('T4', SECRET);
    expect(await both.installations.installation('T1')).toBe(`${SECRET} of T1`);
    expect(await both.installations.renew()).toBe(3);
    expect(await both.installations.renew()).toBe(0);
    await both.close();

    const last = await openStore(location, { keys: readKeys(young) });
    expect(await last.installations.renew()).toBe(0);
    expect(await last.installations.installation('T2')).toBe(`${SECRET} of T2`);
    await last.close();
  });

  test('a wrong or missing key is one clear line, and loses nothing', async () => {
    const location = await fresh();
    const right = newKey();
    const before = await openStore(location, { keys: readKeys(right) });
    await before.installations.keep('T1', SECRET);
    await before.close();

    const wrong = await openStore(location, { keys: readKeys(newKey()) });
    const failure = /^STORE_KEY lacks the key [0-9a-f]{8}, with which something in the store is encrypted/;
    await expect(wrong.installations.installation('T1')).rejects.toThrow(failure);
    await expect(wrong.installations.renew()).rejects.toThrow(failure);
    await expect(wrong.installations.renew()).rejects.toBeInstanceOf(InputError);
    await wrong.close();

    const none = await openStore(location);
    await expect(none.installations.installation('T1')).rejects.toThrow(/^STORE_KEY is missing/);
    await expect(none.installations.keep('T1', 'x')).rejects.toThrow(/^STORE_KEY is missing/);
    await none.close();

    const after = await openStore(location, { keys: readKeys(right) });
    expect(await after.installations.installation('T1')).toBe(SECRET);
    await after.close();
  });
});

test('nothing of a token stands in the file, and one row cannot be passed off as another', async () => {
  const location = await databases[0]!.fresh();
  const keys = readKeys(newKey());
  const store = await openStore(location, { keys });
  await store.installations.keep('T1', SECRET);
  await store.installations.keep('T2', 'another');
  await store.close();
  const bytes = await readFile(location);
  for (const part of SECRET.split('-').slice(1)) expect(bytes.includes(part)).toBe(false);

  const database = new Libsql(location);
  database.exec("UPDATE installations SET sealed = (SELECT sealed FROM installations WHERE team = 'T1')");
  database.close();
  const swapped = await openStore(location, { keys });
  expect(await swapped.installations.installation('T1')).toBe(SECRET);
  await expect(swapped.installations.installation('T2')).rejects.toThrow(
    /^What the store holds about T2 was damaged or changed/,
  );
  await swapped.close();
});

test('keys are read from base64 and hex, and nothing else', () => {
  const key = randomBytes(32);
  const texts = [key.toString('base64'), key.toString('hex'), key.toString('base64url')];
  const sealed = readKeys(texts[0]!).seal(SECRET, 'T1');
  for (const text of texts) expect(readKeys(` ${text}\n`).open(sealed, 'T1')).toBe(SECRET);
  for (const text of ['', 'hush', key.toString('hex').slice(2), `${texts[0]},hush`]) {
    expect(() => readKeys(text)).toThrow(/^STORE_KEY should be 32 random bytes/);
    expect(() => readKeys(text)).not.toThrow(/hush/);
  }
});
