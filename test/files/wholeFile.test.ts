import { spawn } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeWhole } from '../../src/files/wholeFile.js';

const folder = () => mkdtemp(join(tmpdir(), 'ghosttree-'));

test('text, bytes and what is written piece by piece, in a folder that is made', async () => {
  const place = join(await folder(), 'a', 'b');
  await writeWhole(join(place, 'text'), 'é');
  await writeWhole(join(place, 'bytes'), Uint8Array.of(1, 2));
  await writeWhole(join(place, 'pieces'), async (handle) => {
    await handle.writeFile('one ');
    await handle.writeFile('two');
  });
  expect(await readFile(join(place, 'text'), 'utf8')).toBe('é');
  expect([...(await readFile(join(place, 'bytes')))]).toEqual([1, 2]);
  expect(await readFile(join(place, 'pieces'), 'utf8')).toBe('one two');
  expect((await readdir(place)).sort()).toEqual(['bytes', 'pieces', 'text']);
});

test('what fails half-way leaves the file that was there, and nothing else', async () => {
  const place = await folder();
  const file = join(place, 'file');
  await writeWhole(file, 'before');
  const failing = writeWhole(file, async (handle) => {
    await handle.writeFile('half');
    expect(await readFile(file, 'utf8')).toBe('before');
    throw new Error('no more');
  });
  await expect(failing).rejects.toThrow('no more');
  expect(await readFile(file, 'utf8')).toBe('before');
  expect(await readdir(place)).toEqual(['file']);
  await mkdir(join(place, 'folder'));
  await expect(writeWhole(join(place, 'folder'), 'x')).rejects.toThrow('EISDIR');
  expect((await readdir(place)).sort()).toEqual(['file', 'folder']);
});

test('a link stays, and so do the permissions of the file that it leads to', async () => {
  const place = await folder();
  const file = join(place, 'file');
  await writeFile(file, 'before');
  await chmod(file, 0o600);
  await symlink(file, join(place, 'link'));
  await writeWhole(join(place, 'link'), 'after');
  expect((await lstat(join(place, 'link'))).isSymbolicLink()).toBe(true);
  expect(await readFile(file, 'utf8')).toBe('after');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('a pipe takes what is written', async () => {
  const pipe = join(await folder(), 'pipe');
  const reader = spawn('sh', ['-c', 'mkfifo "$0" && echo made && cat "$0"', pipe]);
  let output = '';
  reader.stdout.on('data', async (data) => {
    output += data;
    if (output === 'made\n') await writeWhole(pipe, 'through');
  });
  await new Promise((done) => reader.on('close', done));
  expect(output).toBe('made\nthrough');
  expect((await lstat(pipe)).isFIFO()).toBe(true);
});

test('of many that write one file at once it is one’s, whole', async () => {
  const place = await folder();
  const texts = Array.from({ length: 20 }, (_, i) => String(i % 10).repeat(100_000 + i));
  await Promise.all(texts.map((text) => writeWhole(join(place, 'file'), text)));
  expect(texts).toContain(await readFile(join(place, 'file'), 'utf8'));
  expect(await readdir(place)).toEqual(['file']);
});
