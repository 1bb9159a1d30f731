import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FeatureReport } from '../../src/core/report/feature.js';
import { sha256 } from './repository.js';
import { HOOKS, Setting } from './setting.js';

const PROGRAM = `node ${resolve('dist/src/main.js')}`;

let setting: Setting;
beforeEach(async () => {
  setting = await new Setting().open();
});
afterEach(() => setting.close());

const QUESTION = ['feature', '0', '7', 'cutoff=0.01', 'tokens=5', '--json'];

test('a model is not there, is pulled, answers, and is removed', async () => {
  const before = await setting.run([...QUESTION, 'model=tiny-hub']);
  expect(before.code).toBe(2);
  expect(before.stderr).toBe(
    `ghosttree: tiny-hub is not on this machine: get it with \`${PROGRAM} pull tiny-hub\`.\n`,
  );
  expect((await setting.run(['models'])).stdout).toContain(
    `  not on this machine: get it with \`${PROGRAM} pull tiny-hub\`\n`,
  );

  const { code, stdout, stderr } = await setting.run(['pull', 'tiny-hub']);
  expect(stderr).toMatch(
    /^tiny-hub: the model \(.* kB\) and SAEs at layers 0, 1 \(.* kB\), .* kB to fetch; /,
  );
  expect(stdout).toMatch(/^tiny-hub is ready, with SAEs at layers 0, 1: /);
  expect(stdout).toContain(`Try: ${PROGRAM} feature 1 47 model=tiny-hub\n`);
  expect(code).toBe(0);

  const { stdout: answer, code: answered } = await setting.run([...QUESTION, 'model=tiny-hub']);
  expect(answered).toBe(0);
  const report = JSON.parse(answer) as FeatureReport;
  const known = JSON.parse((await setting.run(QUESTION)).stdout) as FeatureReport;
  expect(report.model.id).toBe('tiny-hub');
  expect(report.tokens).toEqual(known.tokens);
  expect(report.tree).toEqual(known.tree);
  expect((await setting.run(['models'])).stdout).toMatch(
    /on this machine with all layers, \d+\.\d kB, checksums verified \d{4}-\d\d-\d\d/,
  );

  expect((await setting.run(['remove', 'tiny-hub'])).code).toBe(0);
  expect(existsSync(setting.file())).toBe(false);
  expect((await setting.run([...QUESTION, 'model=tiny-hub'])).stderr).toContain('not on this machine');
});

test('the manifest names every file, all are regular, and nothing that is not needed is fetched', async () => {
  await setting.run(['pull', 'tiny-hub']);
  const { files, ...rest } = await setting.manifest();
  expect(rest).toEqual({ schema: 'ghosttree/manifest@1', model: 'tiny-hub', dtype: 'stored' });
  const saes = HOOKS.flatMap((hook) => [`saes/${hook}/cfg.json`, `saes/${hook}/sae_weights.safetensors`]);
  const names = ['config.json', 'model.safetensors', 'tokenizer.json', ...saes];
  expect(Object.keys(files).sort()).toEqual(names.sort());
  for (const [name, entry] of Object.entries(files)) {
    const content = await readFile(setting.file(name));
    const { repository, commit } = entry;
    expect(entry).toMatchObject({ size: content.length, sha256: sha256(content) });
    const place = name.startsWith('saes/') ? setting.saes : setting.model;
    expect([repository, commit]).toEqual([place.name, place.commit]);
    expect((await lstat(setting.file(name))).isFile()).toBe(true);
  }
  const left = await readdir(setting.file(), { recursive: true });
  expect(left.filter((name) => /\.part|\.lock/.test(name))).toEqual([]);
});

test('shards come with their index', async () => {
  await setting.close();
  setting = await new Setting('tiny-gpt2-sharded').open();
  setting.server.pageSize = 2;
  expect((await setting.run(['pull', 'tiny-hub', 'layers=0'])).code).toBe(0);
  const names = Object.keys((await setting.manifest()).files);
  expect(names).toContain('model.safetensors.index.json');
  expect(names.filter((name) => /^model-0000\d-of-00002/.test(name))).toHaveLength(2);
  const { code } = await setting.run([...QUESTION, 'model=tiny-hub']);
  expect(code).toBe(0);
});

test('layers are added later, and removed, without fetching the others again', async () => {
  await setting.run(['pull', 'tiny-hub', 'layers=0']);
  const { stderr } = await setting.run(['feature', '1', '7', 'model=tiny-hub']);
  expect(stderr).toContain(
    `Layer 1 of tiny-hub is not on this machine (there: 0): get it with \`${PROGRAM} pull tiny-hub layers=1\`.`,
  );
  expect((await setting.run(['models'])).stdout).toContain(
    `on this machine with layers 0 (more: \`${PROGRAM} pull tiny-hub layers=1\`)`,
  );
  const before = new Map(setting.server.sent);
  expect((await setting.run(['pull', 'tiny-hub', 'layers=1'])).stdout).toContain('SAEs at layers 0, 1');
  const fetched = [...setting.server.sent.keys()].filter(
    (path) => setting.server.sent.get(path) !== before.get(path),
  );
  expect(fetched.sort()).toEqual([`${HOOKS[1]}/cfg.json`, `${HOOKS[1]}/sae_weights.safetensors`]);
  for (const layer of ['0', '1'])
    expect((await setting.run(['feature', layer, '7', 'model=tiny-hub', '--json'])).code).toBe(0);

  expect((await setting.run(['remove', 'tiny-hub', 'layers=0'])).code).toBe(0);
  expect((await setting.run([...QUESTION, 'model=tiny-hub'])).stderr).toContain('Layer 0 of tiny-hub is not');
  expect((await setting.run(['feature', 'random', 'model=tiny-hub', '--json'])).code).toBe(0);
});

test('what is there already is checked, needs no network, and damage is mended', async () => {
  await setting.run(['pull', 'tiny-hub']);
  const requests = setting.server.requests.length;
  const again = await setting.run(['pull', 'tiny-hub']);
  expect(again.stderr).toContain('nothing to fetch');
  expect(again.code).toBe(0);
  expect(setting.server.requests).toHaveLength(requests);

  const weights = setting.file('model.safetensors');
  const content = await readFile(weights);
  const damaged = Buffer.from(content);
  damaged[1000]! ^= 1;
  await writeFile(weights, damaged);
  const sent = setting.server.sentBytes;
  expect((await setting.run(['pull', 'tiny-hub'])).code).toBe(0);
  expect(await readFile(weights)).toEqual(content);
  expect(setting.server.sentBytes - sent).toBe(content.length);

  await rm(weights);
  expect((await setting.run([...QUESTION, 'model=tiny-hub'])).stderr).toContain('is not on this machine');
  expect((await setting.run(['models'])).stdout).toContain('damaged, files are missing');
});

test('a branch is kept at the commit that was found', async () => {
  await setting.catalogue({ revision: 'main' });
  const { stderr } = await setting.run(['pull', 'tiny-hub', 'layers=0']);
  expect(stderr).toContain(`tiny/gpt2: main is commit ${setting.model.commit}, which is kept to.`);
  expect((await setting.manifest()).files['config.json']!.commit).toBe(setting.model.commit);
  const requests = setting.server.requests.length;
  await setting.run(['pull', 'tiny-hub', 'layers=0']);
  expect(setting.server.requests).toHaveLength(requests);
});

test('a repository that has moved is followed and its new name told', async () => {
  setting.model.earlierNames.push('tiny/old');
  await setting.catalogue({ repository: 'tiny/old' });
  const { code, stderr } = await setting.run(['pull', 'tiny-hub']);
  expect(stderr).toContain('tiny/old has moved to tiny/gpt2: models.yaml may name that.');
  expect(code).toBe(0);
});

test('dtype= is remembered, and copies in it are made', async () => {
  const { stderr } = await setting.run(['pull', 'tiny-hub', 'dtype=q8']);
  expect(stderr).toContain('weights held in q8');
  const prepared = await readdir(setting.file('prepared'));
  expect(prepared.filter((name) => name.startsWith('weights.q8'))).toHaveLength(1);
  const { stdout } = await setting.run([...QUESTION, 'model=tiny-hub']);
  expect((JSON.parse(stdout) as FeatureReport).model).toEqual({ id: 'tiny-hub', dtype: 'q8' });
  expect((await setting.manifest()).dtype).toBe('q8');
  expect((await setting.run(['models'])).stdout).toContain('  q8; SAEs tiny-hub-res');
});

describe('bad input is answered in one line, with exit code 2', () => {
  test.each([
    [['pull'], `Name one model, as in: ${PROGRAM} pull gemma-2b layers=10. Models on the Hub: tiny-hub.`],
    [['pull', 'tiny-hup'], /Did you mean "tiny-hub"\?/],
    [['pull', 'tiny-gpt2'], 'tiny-gpt2 is not on the Hub: its files lie in a folder of this machine.'],
    [['pull', 'tiny-hub', 'layers=5'], 'tiny-hub has no SAE at layer 5; layers with one: 0, 1.'],
    [['pull', 'tiny-hub', 'layers=a'], 'layers=a: expected layers, as in layers=0,6,10, or all.'],
    [['pull', 'tiny-hub', 'dtype=q9'], /^dtype=q9: expected stored, float32, q8, q4\./],
    [['remove', 'tiny-hub'], 'tiny-hub is not on this machine.'],
    [['remove', 'tiny-gpt2'], 'tiny-gpt2 was not pulled: its files lie in a folder of this machine.'],
  ])('%j', async (args, message) => {
    const { code, stderr, stdout } = await setting.run(args);
    const text = stderr.replace(/^ghosttree: /, '').trimEnd();
    if (typeof message === 'string') expect(text).toBe(message);
    else expect(text).toMatch(message);
    expect([code, stdout]).toEqual([2, '']);
  });
});

test('files of the cache of the Hub tools are linked, not fetched', async () => {
  const { cacheFile } = await import('./cache.js');
  for (const place of [setting.model, setting.saes]) {
    for (const [path, content] of place.files)
      await cacheFile(setting.environment.HF_HOME!, place, path, content);
  }
  const { code } = await setting.run(['pull', 'tiny-hub']);
  expect(code).toBe(0);
  expect(setting.server.sentBytes).toBe(0);
  const weights = await lstat(setting.file('model.safetensors'));
  expect([weights.isFile(), weights.nlink]).toEqual([true, 2]);
  expect((await setting.run([...QUESTION, 'model=tiny-hub'])).code).toBe(0);
});

test('a damaged file of that cache is fetched, and left alone', async () => {
  const { cacheFile } = await import('./cache.js');
  const damaged = Buffer.from(setting.model.files.get('model.safetensors')!);
  damaged[1000]! ^= 1;
  const blob = await cacheFile(setting.environment.HF_HOME!, setting.model, 'model.safetensors', damaged);
  expect((await setting.run(['pull', 'tiny-hub'])).code).toBe(0);
  expect(await readFile(blob)).toEqual(damaged);
  expect((await stat(blob)).nlink).toBe(1);
  expect(await readFile(setting.file('model.safetensors'))).toEqual(
    setting.model.files.get('model.safetensors'),
  );
});
