import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/index.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { ghosttree } from '../support/terminal.js';
import { OtherProcess } from './otherProcess.js';

const backup = (folder: string, ...words: string[]) =>
  ghosttree(['backup', ...words], {
    cwd: folder,
    env: { GHOSTTREE_STORE: join(folder, 'data/ghosttree.sqlite') },
  });

test('a backup taken while another process writes holds all that was acknowledged before, and can be restored', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'data/ghosttree.sqlite');
  const writer = new OtherProcess('write', file, 'w');
  await writer.said(40);
  const before = [...writer.lines];
  const { stdout, code } = await backup(folder, 'safe/copy.sqlite');
  await writer.said(before.length + 10);
  await writer.kill();
  expect(stdout).toMatch(
    /^safe\/copy\.sqlite is a whole copy of the store \([\d.]+ kB\)\. How to restore it: /,
  );
  expect(code).toBe(0);
  for (const one of [file, `${file}-wal`, join(folder, 'safe/copy.sqlite')])
    expect(statSync(one).mode & 0o777, one).toBe(0o600);
  expect(readdirSync(join(folder, 'safe'))).toEqual(['copy.sqlite']);
  const restored = join(folder, 'restored/ghosttree.sqlite');
  mkdirSync(join(folder, 'restored'));
  copyFileSync(join(folder, 'safe/copy.sqlite'), restored);
  const store = await openStore(restored);
  for (const line of before) {
    const [kind, id] = line.split(' ') as [string, string];
    const there = kind === 'thread' ? await store.threadLine(id) : (await store.button(id))?.line;
    expect(there, line).toBe(`feature 10 ${id.split(':')[1]}`);
  }
  await store.close();
});

test('a backup without a name is named after the moment', async () => {
  const folder = await temporaryFolder();
  await (await openStore(join(folder, 'data/ghosttree.sqlite'))).close();
  const { stdout } = await backup(folder);
  const [name] = /\S+\.sqlite/.exec(stdout)!;
  expect(name).toMatch(/ghosttree-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.sqlite$/);
  expect(existsSync(name)).toBe(true);
});

test('what is there already is not written over, and a store that is not there is not made', async () => {
  const folder = await temporaryFolder();
  expect(await backup(folder)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/There is no store .*: is GHOSTTREE_STORE right\?/),
  });
  expect(readdirSync(folder)).toEqual([]);
  await (await openStore(join(folder, 'data/ghosttree.sqlite'))).close();
  expect((await backup(folder, 'copy.sqlite')).code).toBe(0);
  const bytes = readFileSync(join(folder, 'copy.sqlite'));
  expect(await backup(folder, 'copy.sqlite')).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/copy\.sqlite is there already: name another file\./),
  });
  expect(readFileSync(join(folder, 'copy.sqlite')).equals(bytes)).toBe(true);
});

test('for PostgreSQL its own tool is named, and no address', async () => {
  const { stderr, code } = await ghosttree(['backup'], {
    env: { GHOSTTREE_STORE: 'postgres://ghosttree:hush@127.0.0.1/x' },
  });
  expect(stderr).toMatch(/The store is in PostgreSQL: copy it with pg_dump/);
  expect(stderr).not.toMatch(/hush/);
  expect(code).toBe(2);
});
