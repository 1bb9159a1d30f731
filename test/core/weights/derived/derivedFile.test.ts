import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CancelledError } from '../../../../src/core/report/errors.js';
import { BaselineStore } from '../../../../src/core/runtime/opened/baselineStore.js';
import { DerivedFile } from '../../../../src/core/weights/derived/derivedFile.js';
import { vector } from '../../../../src/core/weights/derived/format.js';
import { readMetadata } from '../../../../src/core/weights/files/checksum.js';
import { prepareModel } from '../../../../src/core/weights/prepare.js';
import { thisProcess } from '../../../../src/files/processIdentity.js';
import { temporaryFolder } from '../../../support/temporaryFolder.js';
import { fixture, tinyModel } from '../../../support/tinyModel.js';
import { until } from '../../../support/until.js';

/** A source, and a file derived from it. */
async function setting() {
  const prepared = await temporaryFolder();
  const from = join(await temporaryFolder(), 'source');
  await writeFile(from, 'abc');
  const derive = (changed: object = {}) =>
    DerivedFile.in(prepared, { name: 'it', version: 1, sources: [from], ...changed });
  return { prepared, from, derive };
}

/** A process that prepares a model. */
function preparing(source: object) {
  const program = `
    import { prepareModel } from './dist/src/core/weights/prepare.js';
    await prepareModel(${JSON.stringify(source)});
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

async function outcome(child: ReturnType<typeof preparing>): Promise<string> {
  const text = (await child.stderr.toArray()).join('');
  if (child.exitCode === null) await once(child, 'exit');
  return `${child.exitCode} ${text}`;
}

test('it is of these sources as they are now, of this version and these settings, or not there', async () => {
  const { prepared, from, derive } = await setting();
  expect(await (await derive()).open()).toBeUndefined();
  expect(await (await derive()).keep([vector('a', [1])])).toBe(true);
  expect(await (await derive()).open()).toBeDefined();
  for (const other of [{ version: 2 }, { settings: 1 }, { name: 'other' }, { sources: [from, from] }])
    expect(await (await derive(other)).open()).toBeUndefined();
  await utimes(from, 1, 1);
  expect(await (await derive()).open()).toBeUndefined();
  await (await derive()).keep([vector('a', [2])]);
  expect(await readdir(prepared)).toHaveLength(1);
});

test('where the sources lie does not matter, and what ships does not ask when they were written', async () => {
  const { from, derive } = await setting();
  const copy = join(await temporaryFolder(), 'copy');
  await cp(from, copy);
  await utimes(from, 1000, 1000);
  await utimes(copy, 1000, 1000);
  expect((await derive({ sources: [copy] })).path).toBe((await derive()).path);
  const file = join(await temporaryFolder(), 'shipped');
  const shipped = (path: string) => DerivedFile.shipped(file, { name: 'it', version: 1, sources: [path] });
  await (await shipped(from)).write([vector('a', [1])]);
  await utimes(copy, 1, 1);
  expect(await (await shipped(copy)).open()).toBeDefined();
  await writeFile(copy, 'abcd');
  expect(await (await shipped(copy)).open()).toBeUndefined();
});

test('a file under another’s name is not that other', async () => {
  const { derive } = await setting();
  const [one, two] = [await derive(), await derive({ settings: 'two' })];
  await one.keep([vector('a', [1])]);
  await cp(one.path, two.path);
  expect(await two.open()).toBeUndefined();
});

test('a large file that nobody wrote since is read through once', async () => {
  const { derive } = await setting();
  const file = await derive();
  await file.keep([vector('a', new Float32Array(3e6))]);
  const before = new Date(Date.now() - 60_000);
  await utimes(file.path, before, before);
  /** Bytes that this process read while it opened the file. */
  const bytesRead = async () => {
    const read = async () => Number(/rchar: (\d+)/.exec(await readFile('/proc/self/io', 'utf8'))![1]);
    const start = await read();
    expect(await file.open()).toBeDefined();
    return (await read()) - start;
  };
  // The time at which the file's facts last changed, which nobody can set back, has to pass, too.
  await new Promise((done) => setTimeout(done, 2_100));
  expect(await bytesRead()).toBeGreaterThan(12e6);
  expect(await bytesRead()).toBeLessThan(6e6);
  const bytes = await readFile(file.path);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(file.path, bytes);
  await utimes(file.path, before, before);
  expect(await file.open()).toBeUndefined();
});

test('two processes that prepare one folder, again and again, are both content', {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder();
  await cp(fixture('tiny-gpt2'), folder, { recursive: true });
  const source = { ...tinyModel(), folder, dtype: 'q8' as const };
  for (let round = 0; round < 6; round++) {
    // Other files each time: the copies of the last round are stale.
    await utimes(join(folder, 'model.safetensors'), 1000 + round, 1000 + round);
    const children = [preparing(source), preparing(source)];
    expect(await Promise.all(children.map(outcome))).toEqual(['0 ', '0 ']);
    const names = (await readdir(source.prepared)).sort();
    expect(names).toEqual([
      expect.stringMatching(/^blocks\.0\.hook_resid_post\.encoder\.[0-9a-f]{12}\.safetensors$/),
      expect.stringMatching(/^blocks\.1\.hook_resid_post\.encoder\.[0-9a-f]{12}\.safetensors$/),
      expect.stringMatching(/^weights\.q8\.[0-9a-f]{12}\.safetensors$/),
    ]);
    for (const name of names) expect(await readMetadata(join(source.prepared, name))).toBeDefined();
  }
});

test('what a killed process left is taken over and removed; what another host writes is waited for', async () => {
  const source = { ...tinyModel(), dtype: 'q8' as const };
  await prepareModel(source);
  const [weights] = (await readdir(source.prepared)).filter((name) => name.startsWith('weights'));
  const file = join(source.prepared, weights!);
  const whole = await readFile(file);
  await writeFile(file, 'damaged');
  const part = `${file}.01234567-89ab-4cde-8123-456789abcdef.part`;
  await writeFile(part, 'half');
  const lock = join(source.prepared, 'weights.q8.lock');

  // Another host is at it: this process waits, and takes what it is given.
  await writeFile(lock, JSON.stringify({ ...thisProcess(), host: 'elsewhere', machine: 'elsewhere' }));
  const shares: number[] = [];
  let ready = false;
  const waiting = prepareModel(source, { onProgress: ({ share }) => shares.push(share) }).then(() => {
    ready = true;
  });
  await until('it waits for the other host', () => shares.length > 2);
  expect(ready).toBe(false);
  await writeFile(file, whole);
  await rm(lock);
  await waiting;
  expect(new Set(shares.slice(0, 3))).toEqual(new Set([0]));

  // Somebody was killed while he wrote.
  await writeFile(file, 'damaged');
  await writeFile(part, 'half');
  await writeFile(lock, JSON.stringify({ ...thisProcess(), started: '1' }));
  await prepareModel(source);
  expect(whole.equals(await readFile(file))).toBe(true);
  const left = (await readdir(source.prepared)).filter((name) => /\.part|\.lock/.test(name));
  expect(left).toEqual([]);
});

test('a wait for another process ends when it is cancelled', async () => {
  const source = { ...tinyModel(), dtype: 'q8' as const };
  const holder = { ...thisProcess(), host: 'elsewhere', machine: 'elsewhere' };
  await mkdir(source.prepared, { recursive: true });
  for (const name of ['weights.q8', 'blocks.0.hook_resid_post.encoder'])
    await writeFile(join(source.prepared, `${name}.lock`), JSON.stringify(holder));
  for (const dtype of ['q8', 'float32'] as const) {
    const cancel = new AbortController();
    const onProgress = () => cancel.abort();
    await expect(prepareModel({ ...source, dtype }, { signal: cancel.signal, onProgress })).rejects.toThrow(
      CancelledError,
    );
  }
});

test('the default prompt’s baseline stays whatever else is asked, others go by when they were used', async () => {
  const source = { ...tinyModel(), prepared: await mkdtemp(join(tmpdir(), 'ghosttree-')) };
  let measured = 0;
  const ask = async (prompt: string, isDefault = false) => {
    const before = measured;
    const measure = async () => {
      measured++;
      return { floor: 0.01, root: { probability: 1, children: new Map() } };
    };
    await new BaselineStore(source).get(
      { prompt, close: true, centered: false, at: 'input', radius: 1, hook: '' },
      measure,
      isDefault,
    );
    return measured > before;
  };
  expect(await ask('asked before {ghost}')).toBe(true);
  // Pulled: it is at hand, and becomes the default's.
  expect(await ask('asked before {ghost}', true)).toBe(false);
  expect(await ask('default {ghost}', true)).toBe(true);
  for (let i = 0; i < 25; i++) {
    await ask(`prompt ${i} {ghost}`);
    // Used each time.
    if (i > 0) expect(await ask('prompt 0 {ghost}')).toBe(false);
  }
  expect(await ask('default {ghost}')).toBe(false);
  expect(await ask('asked before {ghost}')).toBe(false);
  expect(await ask('prompt 0 {ghost}')).toBe(false);
  expect(await ask('prompt 24 {ghost}')).toBe(false);
  expect(await ask('prompt 1 {ghost}')).toBe(true);
  const names = await readdir(source.prepared);
  expect(names.filter((name) => /^baseline\.[0-9a-f]+\./.test(name))).toHaveLength(20);
  expect(names.filter((name) => name.startsWith('baseline.default.'))).toHaveLength(2);
  for (const name of names) expect((await stat(join(source.prepared, name))).isFile()).toBe(true);
});
