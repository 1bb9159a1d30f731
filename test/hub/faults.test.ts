import { existsSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../support/until.js';
import { HOOKS, Setting } from './setting.js';

const WEIGHTS = 'model.safetensors';
const TOKEN = 'hf_loopbackSecret';

let setting: Setting;
beforeEach(async () => {
  setting = await new Setting().open();
});
afterEach(() => setting.close());

const size = () => setting.model.files.get(WEIGHTS)!.length;
const rangesOf = (path: string) =>
  setting.server.requests
    .filter((request) => request.host === 'cdn' && request.path.includes(path))
    .map(({ range }) => range);

test('a pull that is killed goes on where it was, and nothing of it counts as there', async () => {
  setting.server.faults.add({ path: WEIGHTS, times: 1, slow: { bytes: 8192, milliseconds: 40 } });
  const running = setting.start(['pull', 'tiny-hub']);
  const part = setting.file(`${WEIGHTS}.part`);
  await until(
    '60 kB of the weights on the disk',
    async () => existsSync(part) && (await stat(part)).size > 60_000,
  );
  await running.end('SIGKILL');
  const had = (await stat(part)).size;
  expect(existsSync(setting.file('manifest.json'))).toBe(false);
  expect(existsSync(setting.file(WEIGHTS))).toBe(false);
  expect((await setting.run(['models'])).stdout).toContain('a pull that did not end left');

  setting.server.sent.clear();
  expect((await setting.run(['pull', 'tiny-hub'])).code).toBe(0);
  expect(setting.server.sent.get(WEIGHTS)).toBe(size() - had);
  expect(setting.server.sent.has('config.json')).toBe(false);
  expect(rangesOf(WEIGHTS).at(-1)).toBe(`bytes=${had}-${size() - 1}`);
  expect(await readFile(setting.file(WEIGHTS))).toEqual(setting.model.files.get(WEIGHTS));
});

test('Ctrl-C stops in good order', async () => {
  setting.server.faults.add({ path: WEIGHTS, times: 1, slow: { bytes: 8192, milliseconds: 40 } });
  const running = setting.start(['pull', 'tiny-hub']);
  await until('30 kB of the weights are sent', () => (setting.server.sent.get(WEIGHTS) ?? 0) > 30_000);
  expect(await running.end('SIGINT')).toBe(1);
  expect(running.output).toContain(
    'ghosttree: Stopped. What was fetched is kept: the next pull goes on from there.\n',
  );
  expect(existsSync(setting.file('pull.lock'))).toBe(false);
  const had = (await stat(setting.file(`${WEIGHTS}.part`))).size;
  expect(had).toBeGreaterThan(0);
  setting.server.sent.clear();
  expect((await setting.run(['pull', 'tiny-hub'])).code).toBe(0);
  expect(setting.server.sent.get(WEIGHTS)).toBe(size() - had);
});

test('a part of another commit is not gone on with', async () => {
  await setting.catalogue({ revision: 'main' });
  setting.server.faults.add({ path: WEIGHTS, times: 1, slow: { bytes: 8192, milliseconds: 40 } });
  const running = setting.start(['pull', 'tiny-hub']);
  await until('60 kB of the weights are sent', () => (setting.server.sent.get(WEIGHTS) ?? 0) > 60_000);
  await running.end('SIGKILL');
  setting.model.commit = 'f'.repeat(40);
  const changed = Buffer.from(setting.model.files.get(WEIGHTS)!);
  changed[changed.length - 4]! ^= 1;
  setting.model.files.set(WEIGHTS, changed);
  setting.server.sent.clear();
  expect((await setting.run(['pull', 'tiny-hub'])).code).toBe(0);
  expect(setting.server.sent.get(WEIGHTS)).toBe(size());
  expect(await readFile(setting.file(WEIGHTS))).toEqual(changed);
});

test('dropped connections, busy and broken servers are tried again', async () => {
  setting.server.faults.add({ path: WEIGHTS, times: 2, dropAfter: 50_000 });
  setting.server.faults.add({ path: 'config.json', times: 1, status: 429, headers: { 'Retry-After': '1' } });
  setting.server.faults.add({ path: 'tokenizer.json', times: 1, status: 502 });
  const { code, stderr } = await setting.run(['pull', 'tiny-hub']);
  expect(code).toBe(0);
  expect(stderr).toContain('HTTP 429, The loopback Hub was told to fail; trying again in 1 s');
  expect(stderr).toContain('HTTP 502');
  const [first, ...others] = rangesOf(WEIGHTS);
  expect(first).toBeUndefined();
  expect(others).toHaveLength(2);
  expect(setting.server.sent.get(WEIGHTS)).toBeLessThan(size() + 100_000);
});

test('a connection on which nothing comes any more is given up', async () => {
  setting.server.faults.add({ path: WEIGHTS, times: 1, stallAfter: 50_000 });
  const { code, stderr } = await setting.run(['pull', 'tiny-hub'], { HF_HUB_DOWNLOAD_TIMEOUT: '1' });
  expect(code).toBe(0);
  expect(stderr).toContain('nothing came for 1 s; trying again in 1 s');
  expect(setting.server.sent.get(WEIGHTS)).toBe(size());
});

test('a slow server is waited for', async () => {
  setting.server.faults.add({ path: WEIGHTS, times: 1, slow: { bytes: 50_000, milliseconds: 700 } });
  const { code } = await setting.run(['pull', 'tiny-hub'], { HF_HUB_DOWNLOAD_TIMEOUT: '1' });
  expect(code).toBe(0);
  expect(rangesOf(WEIGHTS)).toHaveLength(1);
});

test('a server that never works is given up with a word of when to come back', async () => {
  setting.server.faults.add({ path: 'config.json', times: 99, status: 500, headers: { 'Retry-After': '0' } });
  const { code, stderr } = await setting.run(['pull', 'tiny-hub']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/ghosttree: tiny\/gpt2\/config\.json could not be fetched .* pull again later/);
  expect(setting.server.requests.length).toBeLessThan(30);
});

test('a server without ranges is asked from the beginning', async () => {
  setting.server.faults.add({ path: WEIGHTS, times: 1, dropAfter: 50_000 });
  setting.server.faults.add({ path: WEIGHTS, times: 9, wholeOnly: true });
  expect((await setting.run(['pull', 'tiny-hub'])).code).toBe(0);
  expect(await readFile(setting.file(WEIGHTS))).toEqual(setting.model.files.get(WEIGHTS));
});

test('a wrong checksum is fetched once more, then told', async () => {
  setting.server.faults.add({ path: WEIGHTS, times: 1, damaged: true });
  expect((await setting.run(['pull', 'tiny-hub'])).code).toBe(0);
  expect(setting.server.sent.get(WEIGHTS)).toBe(2 * size());

  setting.server.faults.add({ path: `${HOOKS[0]}/cfg.json`, times: 2, damaged: true });
  await setting.run(['remove', 'tiny-hub']);
  const { code, stderr } = await setting.run(['pull', 'tiny-hub']);
  expect(code).toBe(2);
  expect(stderr).toContain(`tiny/saes/${HOOKS[0]}/cfg.json arrived damaged twice (wrong checksum)`);
  expect(existsSync(setting.file('manifest.json'))).toBe(false);
  expect(existsSync(setting.file('saes', HOOKS[0]!, 'cfg.json'))).toBe(false);
  expect(existsSync(setting.file('saes', HOOKS[0]!, 'cfg.json.part'))).toBe(false);
});

describe('a gated repository', () => {
  beforeEach(() => {
    setting.model.gated = true;
    setting.model.readers.push(TOKEN);
    setting.server.tokens.push(TOKEN, 'hf_stranger');
  });

  test('without a token the licence and HF_TOKEN are named', async () => {
    const { code, stderr } = await setting.run(['pull', 'tiny-hub']);
    expect(code).toBe(2);
    expect(stderr).toContain(
      'ghosttree: tiny/gpt2 is gated: accept its licence at https://huggingface.co/tiny/gpt2, then set HF_TOKEN to a token of that account',
    );
  });

  test('with the token of a stranger, too, and no token is ever shown', async () => {
    const { code, stderr, stdout } = await setting.run(['pull', 'tiny-hub'], { HF_TOKEN: 'hf_stranger' });
    expect(code).toBe(2);
    expect(stderr).toContain('tiny/gpt2 is gated and this token has no access: accept the licence at');
    expect(stderr + stdout).not.toContain('hf_stranger');
    const wrong = await setting.run(['pull', 'tiny-hub'], { HF_TOKEN: 'hf_mistyped', GHOSTTREE_DEBUG: '1' });
    expect(wrong.stderr).toContain('The Hub does not accept the token');
    expect(wrong.stderr).not.toContain('hf_mistyped');
    const none = await setting.run(['pull', 'tiny-hub'], { HF_TOKEN: 'secret' });
    expect(none.stderr).toContain('it should start with hf_');
    expect(none.stderr).not.toContain('secret');
  });

  test('with the right token it comes, and only the Hub sees the token', async () => {
    await writeFile(join(setting.environment.HF_HOME!, 'token'), `${TOKEN}\n`);
    setting.server.faults.add({ path: WEIGHTS, times: 1, dropAfter: 50_000 });
    const { code, stdout, stderr } = await setting.run(['pull', 'tiny-hub']);
    expect(code).toBe(0);
    expect(stdout + stderr + (await readFile(setting.file('manifest.json'), 'utf8'))).not.toContain(TOKEN);
    const hosts = (authorization?: string) =>
      new Set(
        setting.server.requests.filter((one) => one.authorization === authorization).map(({ host }) => host),
      );
    expect(hosts(`Bearer ${TOKEN}`)).toEqual(new Set(['hub']));
    expect(hosts(undefined)).toEqual(new Set(['cdn']));
  });
});

test.each([
  [
    'repository',
    { repository: 'tiny/nothing' },
    /There is no repository tiny\/nothing at .*check models\.yaml/,
  ],
  ['revision', { revision: 'a'.repeat(40) }, /tiny\/gpt2 has no revision a{40}: check models\.yaml/],
  ['folder', { path: 'nowhere/{layer}' }, /tiny\/saes\/nowhere\/0 does not exist at revision/],
])('a %s that is not there is named', async (_, wrong, message) => {
  await setting.catalogue(wrong);
  const { code, stderr } = await setting.run(['pull', 'tiny-hub']);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

test('a Hub that cannot be reached is named', async () => {
  const { endpoint } = setting.server;
  await setting.server.stop();
  const { code, stderr } = await setting.run(['pull', 'tiny-hub']);
  expect(stderr).toContain(`ghosttree: ${endpoint} cannot be reached (ECONNREFUSED)`);
  expect(code).toBe(1);
  expect(existsSync(setting.file())).toBe(false);
  await setting.server.start();
});

test('of two pulls at once the second is refused; a lock whose process is gone is taken over', async () => {
  setting.server.faults.add({ path: WEIGHTS, times: 1, slow: { bytes: 8192, milliseconds: 1000 } });
  const running = setting.start(['pull', 'tiny-hub']);
  await until('the weights are being sent', () => (setting.server.sent.get(WEIGHTS) ?? 0) > 0);
  for (const program of ['pull', 'remove']) {
    const { code, stderr } = await setting.run([program, 'tiny-hub']);
    expect(stderr).toMatch(/tiny-hub is being pulled or removed by another process \(\d+\): wait/);
    expect(code).toBe(2);
  }
  await running.end('SIGKILL');
  expect(existsSync(setting.file('pull.lock'))).toBe(true);
  expect((await setting.run(['pull', 'tiny-hub'])).code).toBe(0);
  expect(existsSync(setting.file('pull.lock'))).toBe(false);
});

describe('no space', () => {
  test('is told before anything is fetched', async () => {
    setting.model.claimedSizes.set(WEIGHTS, 4e15);
    const { code, stderr } = await setting.run(['pull', 'tiny-hub']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/\d+\.\d GB are missing on the disk of .*GHOSTTREE_MODELS/);
    expect(setting.server.sentBytes).toBe(0);
  });

  test('on the way is told, and what came is kept', async () => {
    // A limit on file sizes, in KiB, as a disk that takes no more.
    const limited = await setting.limited(['pull', 'tiny-hub'], 100);
    expect(limited.stderr).toMatch(/its folder takes no file that large \(EFBIG\)/);
    expect(limited.code).toBe(2);
    const had = (await stat(setting.file(`${WEIGHTS}.part`))).size;
    expect(had).toBeGreaterThan(0);
    setting.server.sent.clear();
    expect((await setting.run(['pull', 'tiny-hub'])).code).toBe(0);
    expect(setting.server.sent.get(WEIGHTS)).toBe(size() - had);
  });
});
