import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Lock, tryLock, waitForLock } from '../../src/files/lock.js';
import { type ProcessIdentity, thisProcess } from '../../src/files/processIdentity.js';

const LONG_AGO = new Date(Date.now() - 61_000);

async function lockFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'ghosttree-')), 'sub', 'the.lock');
}

async function taken(file: string): Promise<Lock> {
  const lock = await tryLock(file);
  if (!('release' in lock)) throw new Error(`held by ${JSON.stringify(lock.holder)}`);
  return lock;
}

/** A lock as another process wrote it. */
async function foreign(holder: Partial<ProcessIdentity>, written?: Date): Promise<string> {
  const file = await lockFile();
  await (await taken(file)).release();
  await writeFile(file, JSON.stringify({ id: 'x', ...thisProcess(), ...holder }));
  if (written) await utimes(file, written, written);
  return file;
}

/** The number of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid!;
}

test('one at a time has a lock, and gives it back', async () => {
  const file = await lockFile();
  const lock = await taken(file);
  expect(await tryLock(file)).toMatchObject({ holder: { pid: process.pid, host: hostname() } });
  await lock.release();
  await (await taken(file)).release();
  expect(await readdir(join(file, '..'))).toEqual([]);
});

test('a holder of this machine that is gone loses its lock at once', async () => {
  await (await taken(await foreign({ pid: await endedPid() }))).release();
});

test('a number that another process has by now is no holder', async () => {
  await (await taken(await foreign({ started: '1' }))).release();
});

test('a holder of this machine that is there has the lock, however long it was silent', async () => {
  expect(await tryLock(await foreign({}, LONG_AGO))).toMatchObject({ holder: { pid: process.pid } });
});

test.each([
  ['another host', { host: 'elsewhere', machine: 'elsewhere 1 pid:[1]' }],
  ['another container of this host', { machine: `${hostname()} same-boot pid:[2]` }],
])('%s has the lock while it shows that it is there, whoever has its number here', async (_, identity) => {
  for (const pid of [process.pid, await endedPid()]) {
    expect(await tryLock(await foreign({ ...identity, pid }))).toMatchObject({ holder: { pid } });
    await (await taken(await foreign({ ...identity, pid }, LONG_AGO))).release();
  }
});

test.each(['', '17 3350', '{"host":', '{"pid":-1}', 'null'])(
  'a lock that says nobody (%j) is somebody’s until it is old',
  async (text) => {
    const file = await foreign({});
    await writeFile(file, text);
    expect(await tryLock(file)).toEqual({ holder: undefined });
    await utimes(file, LONG_AGO, LONG_AGO);
    await (await taken(file)).release();
  },
);

test('a lock that was taken over stays its new holder’s', async () => {
  const file = await lockFile();
  const lock = await taken(file);
  const text = JSON.stringify({ id: 'y', ...thisProcess(), host: 'elsewhere', machine: 'elsewhere' });
  await writeFile(file, text);
  await lock.release();
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('who waits gets the lock when it is free, and may stop waiting', async () => {
  const file = await lockFile();
  const lock = await taken(file);
  const stop = () => {
    throw new Error('enough');
  };
  await expect(waitForLock(file, stop)).rejects.toThrow('enough');
  let waited = 0;
  const waiting = waitForLock(file, async () => {
    if (waited++ === 2) await lock.release();
  });
  await (await waiting).release();
  expect(waited).toBe(3);
});

test('of many processes that find the lock of one that is gone, one at a time has it', async () => {
  const file = await foreign({ pid: await endedPid() });
  const inside = join(file, '..', 'inside');
  const program = `
    import { open, rm } from 'node:fs/promises';
    import { setTimeout } from 'node:timers/promises';
    import { waitForLock } from './dist/src/files/lock.js';
    for (let round = 0; round < 5; round++) {
      const lock = await waitForLock(${JSON.stringify(file)}, () => {});
      const handle = await open(${JSON.stringify(inside)}, 'wx');
      await setTimeout(5);
      await handle.close();
      await rm(${JSON.stringify(inside)});
      await lock.release();
    }
  `;
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'ignore', 'pipe'] }),
  );
  const errors = await Promise.all(children.map(async ({ stderr }) => (await stderr.toArray()).join('')));
  expect(errors).toEqual(['', '', '', '']);
  expect(await readdir(join(file, '..'))).toEqual([]);
});
