import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { featureLine } from '../../commands/line/featureLine.js';
import { bandOf, readCatalogue } from '../../src/configuration/catalogue.js';
import { type CatalogueModel, defaultsOf, readConfiguration } from '../../src/configuration/index.js';
import { checkPresent, offeredModels, presenceOf } from '../../src/configuration/manifest.js';
import { glossConfiguration } from '../support/glossModel.js';
import { temporaryFolder } from '../support/temporaryFolder.js';
import { fixture } from '../support/tinyModel.js';

const { models, settings } = readConfiguration(glossConfiguration());

const ENTRY = `
tiny:
  title: a model
  hub: { repository: some/model }
  dtype: q4
  defaults: { weights: decoder, scale: 2 }
  sae:
    release: some-res
    hook: blocks.{layer}.hook_resid_pre
    features: 48
    neuronpedia: some/{layer}-res
    hub: { repository: some/saes, revision: v1 }
    path: saes/{hook}
    centered: true
    pull: [2]
    layers:
      12: { hook: blocks.11.hook_resid_post, path: last, neuronpedia: false, caution: Not to be trusted. }
      2: { normScalingFactor: 0.5, parity: { l0: 10, explainedVariance: [0.5, 0.8] } }
`;

async function read(text: string): Promise<Map<string, CatalogueModel>> {
  const file = join(await temporaryFolder(), 'models.yaml');
  await writeFile(file, text);
  return readCatalogue(file, { project: '/project', models: '/models' });
}

test('an entry says where files lie, where they come from and what was published', async () => {
  const [tiny] = [...(await read(ENTRY)).values()];
  expect(tiny).toEqual({
    id: 'tiny',
    title: 'a model',
    release: 'some-res',
    features: 48,
    neuronpedia: { 2: 'some/2-res' },
    layers: [2, 12],
    dtype: 'q4',
    defaults: { weights: 'decoder', scale: 2 },
    folder: '/models/tiny',
    prepared: '/models/tiny/prepared',
    saes: {
      2: {
        hook: 'blocks.2.hook_resid_pre',
        folder: '/models/tiny/saes/saes/blocks.2.hook_resid_pre',
        centered: true,
        normScalingFactor: 0.5,
        parity: { l0: [5, 20], explainedVariance: [0.5, 0.8] },
      },
      12: {
        hook: 'blocks.11.hook_resid_post',
        folder: '/models/tiny/saes/last',
        centered: true,
        parity: { caution: 'Not to be trusted.' },
      },
    },
    hub: {
      folder: '/models/tiny',
      model: { repository: 'some/model', revision: 'main' },
      saes: {
        repository: 'some/saes',
        revision: 'v1',
        paths: { 2: 'saes/blocks.2.hook_resid_pre', 12: 'last' },
      },
      layers: [2],
    },
  });
});

test.each([
  [
    'hub: { repository: some/model }',
    'hub: { repository: model }',
    /tiny\.hub\.repository: expected the name/,
  ],
  ['hub: { repository: some/model }', '', /models\.yaml: tiny: expected folder or hub/],
  ['path: saes/{hook}', 'path: ../{hook}', /tiny\.sae\.path: expected a folder of the repository/],
  ['path: saes/{hook}', '', /tiny\.sae\.path: expected the folder of the SAEs/],
  ['pull: [2]', 'pull: [3]', /tiny\.sae\.pull: expected layers that have an SAE/],
  ['dtype: q4', 'dtype: q5', /tiny\.dtype: Invalid option/],
  ['l0: 10', 'l0: -1', /tiny\.sae\.layers\.2\.parity\.l0: /],
  ['[0.5, 0.8]', '[0.8, 0.5]', /tiny\.sae\.layers\.2\.parity\.explainedVariance: /],
  ['tiny:', 'Tiny/..:', /models\.yaml: Tiny\/\.\.: /],
  ['features: 48', 'features: 48\n    widht: 3', /tiny\.sae: Unrecognized key: "widht"/],
])('%s changed to %s is refused with file and field', async (was, is, message) => {
  await expect(read(ENTRY.replace(was, is))).rejects.toThrow(message);
});

test('bands lie around the published numbers', () => {
  expect(bandOf({ l0: 62, explainedVariance: -0.2 })).toEqual({
    l0: [31, 124],
    explainedVariance: [-0.35, expect.closeTo(-0.05)],
  });
  expect(bandOf({ explainedVariance: 0.999 }).explainedVariance).toEqual([expect.closeTo(0.849), 1]);
  expect(bandOf({ l0: [1, 2] })).toEqual({ l0: [1, 2] });
  expect(bandOf({})).toEqual({});
});

test('every repository of the catalogue is pinned to a commit', () => {
  const places = [...models.values()].flatMap(({ hub }) => (hub ? [hub.model, hub.saes] : []));
  expect(places).toHaveLength(6);
  for (const place of places) expect(place?.revision).toMatch(/^[0-9a-f]{40}$/);
});

test('the catalogue names the SAEs as their releases do', () => {
  const sae = (id: string, layer: number) => {
    const { hub, saes, neuronpedia } = models.get(id)!;
    return [hub!.saes!.paths[layer], saes[layer]!.hook, neuronpedia[layer]];
  };
  const pre = 'blocks.11.hook_resid_pre';
  const post = 'blocks.11.hook_resid_post';
  expect(sae('gpt2-small', 11)).toEqual([pre, pre, 'gpt2-small/11-res-jb']);
  expect(sae('gpt2-small', 12)).toEqual([post, post, 'gpt2-small/12-res-jb']);
  const fast = 'gemma_2b_blocks.6.hook_resid_post_16384_anthropic_fast_lr';
  expect(sae('gemma-2b', 6)).toEqual([fast, 'blocks.6.hook_resid_post', 'gemma-2b/6-res-jb']);
  expect(sae('gemma-2b', 17)[2]).toBeUndefined();
  expect(sae('gemma-2-2b', 12)).toEqual([
    'layer_12/width_16k/average_l0_82',
    'blocks.12.hook_resid_post',
    'gemma-2-2b/12-gemmascope-res-16k',
  ]);
  expect(Object.keys(models.get('gemma-2-2b')!.saes)).toHaveLength(26);
});

test("a model's own defaults count where a command gives no value", async () => {
  const tiny = (await read(ENTRY)).get('tiny')!;
  const parameters = defaultsOf(tiny, settings);
  expect([parameters.weights, parameters.scale, parameters.m]).toEqual(['decoder', 2, 1.4]);
  const question = { model: 'tiny', layer: 2, feature: 7, parameters };
  expect(featureLine(question, tiny, settings)).toBe('feature 2 7 model=tiny');
  const other = { ...question, parameters: { ...parameters, weights: 'encoder' as const } };
  expect(featureLine(other, tiny, settings)).toBe('feature 2 7 model=tiny weights=encoder');
});

test('menus offer what is on this machine', async () => {
  const folder = await temporaryFolder();
  const file = join(folder, 'models.yaml');
  await writeFile(file, ENTRY);
  const tiny = readCatalogue(file, { project: '/project', models: folder }).get('tiny')!;
  const gloss = models.get('gloss-12l')!;
  const all = new Map([gloss, tiny].map((model) => [model.id, model]));
  expect(presenceOf(tiny)).toEqual({ model: false, layers: [] });
  expect(offeredModels(all).map(({ id }) => id)).toEqual(['gloss-12l']);
  expect(offeredModels(new Map([['tiny', tiny]])).map(({ id }) => id)).toEqual(['tiny']);
  expect(() => checkPresent(tiny, presenceOf(tiny), 12)).toThrow('`ghosttree pull tiny layers=12`');
  expect(() => checkPresent(tiny, presenceOf(tiny), 2)).toThrow('`ghosttree pull tiny`');

  await mkdir(join(folder, 'tiny/saes/last'), { recursive: true });
  await cp(fixture('tiny-gpt2/config.json'), join(folder, 'tiny/config.json'));
  await writeFile(join(folder, 'tiny/saes/last/params.npz'), 'four');
  const entry = (size: number) => ({ repository: 'a/b', commit: 'c', size, sha256: '', verified: '' });
  const files = { 'config.json': entry(386), 'saes/last/params.npz': entry(4) };
  const manifest = { schema: 'ghosttree/manifest@1', model: 'tiny', dtype: 'q8', files };
  await writeFile(join(folder, 'tiny/manifest.json'), JSON.stringify(manifest));
  expect(offeredModels(all).map(({ id, layers }) => [id, layers])).toEqual([
    ['gloss-12l', [0, 6, 10]],
    ['tiny', [12]],
  ]);
  expect(() => checkPresent(tiny, presenceOf(tiny), 12)).not.toThrow();
});
