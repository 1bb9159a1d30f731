import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCatalogue } from '../../src/configuration/catalogue.js';
import {
  catalogueEntry,
  coverage,
  type RegisteredSae,
  readRegistry,
  searchRegistry,
  whyNotAsked,
} from '../../src/hub/registry/index.js';
import { saeFiles } from '../../src/hub/selection.js';
import { temporaryFolder } from '../support/temporaryFolder.js';

const registry = readRegistry();
const { saes } = registry;
const asked = saes.filter((sae) => whyNotAsked(sae) === undefined);
const named = (release: string, id: string) => {
  const [sae, ...more] = searchRegistry(saes, [release, id]);
  expect(more).toEqual([]);
  return sae!;
};

/** What lies in the folder of an SAE, or beside its file, by SAELens' loaders. */
const LAYOUTS: Record<string, (path: string) => string[]> = {
  sae_lens: (path) =>
    ['cfg.json', 'sae_weights.safetensors', 'sparsity.safetensors'].map((file) => `${path}/${file}`),
  gemma_2: (path) => [`${path}/params.npz`],
  gemma_3: (path) =>
    ['config.json', 'params.safetensors', 'examples.safetensors'].map((file) => `${path}/${file}`),
  dictionary_learning_1: (path) =>
    ['config.json', 'ae.pt', 'eval_results.json'].map((file) => `${path}/${file}`),
  llama_scope: (path) => [
    `${path}/hyperparams.json`,
    `${path}/lm_config.json`,
    `${path}/checkpoints/final.safetensors`,
  ],
  llama_scope_r1_distill: (path) => [`${path}/config.json`, `${path}/sae_weights.safetensors`],
  qwen_scope: (path) => ['config.json', path],
  goodfire: (path) => ['README.md', path],
  deepseek_r1: (path) => ['README.md', path],
};

test('it has all releases and SAEs, each once, and says where it comes from', () => {
  expect(saes).toHaveLength(13_857);
  expect(new Set(saes.map(({ release }) => release)).size).toBe(170);
  expect(new Set(saes.map(({ release, id }) => `${release} ${id}`)).size).toBe(13_857);
  expect(registry.date).toMatch(/^\d{4}-\d\d-\d\d$/);
  for (const { path, features, site, repository } of saes) {
    expect(path && site && repository).toBeTruthy();
    expect(features).toBeGreaterThan(0);
  }
});

test('every SAE that can be asked has an entry that the catalogue reads, and its files are found', async () => {
  expect(asked.length).toBeGreaterThan(4000);
  const folder = await temporaryFolder();
  const file = join(folder, 'models.yaml');
  await writeFile(file, asked.map((sae) => catalogueEntry(sae).yaml).join('\n'));
  const models = readCatalogue(file, { project: folder, models: folder });
  expect(models.size).toBe(asked.length);
  for (const sae of asked) {
    const { hub, layers, features, saes: places } = models.get(catalogueEntry(sae).id)!;
    expect([layers, features]).toEqual([[sae.layer], sae.features]);
    expect(places[sae.layer]!.hook).toBe(`blocks.${sae.layer}.hook_${sae.site}`);
    expect(hub!.model!.repository).toBe(sae.model);
    const place = hub!.saes!;
    expect([place.repository, place.paths[sae.layer]]).toEqual([sae.repository, sae.path]);
    const listed = LAYOUTS[sae.loader]!(sae.path).map((path) => ({
      path,
      size: 1,
      checksum: { gitBlob: 'a' },
    }));
    expect(saeFiles({ ...place, commit: 'abc' }, sae.path, listed).length, sae.id).toBeGreaterThan(0);
  }
});

describe('an entry holds what the registry knows', () => {
  test.each<[string, string, RegExp[]]>([
    [
      'gpt2-small-res-jb',
      'blocks.8.hook_resid_pre',
      [/hook: blocks\.\{layer\}\.hook_resid_pre/, /centered: true/, /neuronpedia: "gpt2-small\/8-res-jb"/],
    ],
    [
      'gemma-scope-2-270m-pt-res',
      'layer_9_width_16k_l0_small',
      [/repository: google\/gemma-3-270m /, /features: 16384/],
    ],
    ['llama_scope_lxr_8x', 'l0r_8x', [/normScalingFactor: 58\.93/, /hook_resid_post/]],
    ['qwen-scope-3-1.7b-base-w32k-l50', 'layer3', [/path: "layer3\.sae\.pt"/, /l0: 50/]],
  ])('%s %s', (release, id, expected) => {
    const { yaml } = catalogueEntry(named(release, id));
    for (const part of expected) expect(yaml).toMatch(part);
  });
});

test('words narrow the list, in any order and letters', () => {
  const releases = (...words: string[]) => new Set(searchRegistry(saes, words).map(({ release }) => release));
  expect(releases('270M', 'PT', 'res')).toContain('gemma-scope-2-270m-pt-res');
  expect(releases('pythia', 'res').size).toBeGreaterThan(1);
  expect(searchRegistry(saes, ['nothing', 'like', 'this'])).toEqual([]);
});

test.each<[string, Partial<RegisteredSae>, RegExp]>([
  ['another family', { family: 'qwen3_moe' }, /family qwen3_moe/],
  ['another place', { site: 'mlp_out' }, /reads mlp_out/],
  ['another format', { loader: 'temporal' }, /format \(temporal\)/],
  ['another architecture', { architecture: 'temporal' }, /architecture \(temporal\)/],
  [
    'a normalisation that only the registry knows',
    { normalization: 'constant_norm_rescale' },
    /only the registry says/,
  ],
])('of %s it is said why it cannot be asked', (_, changes, why) => {
  const sae = named('gemma-scope-2-270m-pt-res', 'layer_9_width_16k_l0_small');
  expect(whyNotAsked(sae)).toBe(undefined);
  expect(whyNotAsked({ ...sae, ...changes })).toMatch(why);
});

test('docs/coverage.md is what `ghosttree saes coverage` prints', () => {
  expect(readFileSync('docs/coverage.md', 'utf8')).toBe(coverage(saes, registry));
});
