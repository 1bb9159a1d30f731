import { describe, expect, test } from 'vitest';
import { readHubAccess } from '../../src/configuration/environment.js';
import { modelFiles, saeFiles } from '../../src/hub/selection.js';
import { preparedEstimate } from '../../src/hub/space.js';

const place = { repository: 'some/model', commit: 'c'.repeat(40) };
const listed = (...paths: string[]) =>
  paths.map((path) => ({ path, size: 1, checksum: { gitBlob: 'a'.repeat(40) } }));
const names = (files: { name: string }[]) => files.map(({ name }) => name);

test('of a model repository only what is needed is taken', () => {
  const all = ['.gitattributes', 'README.md', 'config.json', 'generation_config.json', 'gemma.gguf'];
  const tokenizer = ['tokenizer.json', 'tokenizer_config.json', 'tokenizer.model'];
  const shards = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const index = 'model.safetensors.index.json';
  expect(names(modelFiles(place, listed(...all, ...tokenizer, index, ...shards)))).toEqual([
    'config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    index,
    ...shards,
  ]);
  // One file counts before shards, as when it is loaded.
  expect(
    names(modelFiles(place, listed(...all, 'tokenizer.json', index, ...shards, 'model.safetensors'))),
  ).toEqual(['config.json', 'tokenizer.json', 'model.safetensors']);
});

test.each([
  [['config.json', 'tokenizer.json', 'pytorch_model.bin'], /has no model\.safetensors/],
  [['config.json', 'model.safetensors'], /has no tokenizer\.json/],
  [['config.json', 'tokenizer.json', 'model-00001-of-00002.safetensors'], /has no model\.safetensors/],
])('a repository with %j is no model', (paths, message) => {
  expect(() => modelFiles(place, listed(...paths))).toThrow(message);
});

test('an SAE is one of SAELens or of Gemma Scope', () => {
  const folder = 'layer_12/width_16k/average_l0_82';
  expect(names(saeFiles(place, folder, listed(`${folder}/params.npz`)))).toEqual([
    `saes/${folder}/params.npz`,
  ]);
  const files = ['cfg.json', 'sae_weights.safetensors', 'sparsity.safetensors'].map((name) => `x/${name}`);
  expect(names(saeFiles(place, 'x', listed(...files)))).toEqual([
    'saes/x/cfg.json',
    'saes/x/sae_weights.safetensors',
  ]);
  expect(() => saeFiles(place, 'x', listed('x/cfg.json'))).toThrow('some/model/x holds no SAE');
  expect(() => saeFiles(place, 'layer3.sae.pt', listed('layer3.sae.pt'))).toThrow(
    'layer3.sae.pt holds no SAE (config.json with layer3.sae.pt)',
  );
});

test.each([
  [
    'a/b',
    ['config.json', 'params.safetensors', 'examples.safetensors'],
    ['config.json', 'params.safetensors'],
  ],
  ['trainer_0', ['config.json', 'ae.pt', 'eval_results.json'], ['config.json', 'ae.pt']],
  [
    'L1R',
    ['hyperparams.json', 'checkpoints/final.safetensors', 'lm_config.json'],
    ['hyperparams.json', 'checkpoints/final.safetensors'],
  ],
  ['layers.3', ['cfg.json', 'sae.safetensors'], ['cfg.json', 'sae.safetensors']],
])('of an SAE in %s with %j, %j are fetched', (path, there, wanted) => {
  const files = saeFiles(place, path, listed(...there.map((name) => `${path}/${name}`)));
  expect(files.map(({ name }) => name)).toEqual(wanted.map((name) => `saes/${path}/${name}`));
});

test('an SAE that is one file gets a folder of its own', () => {
  const files = listed('config.json', 'layer3.sae.pt', 'layer4.sae.pt', 'big.pth');
  const namesOf = (path: string) => saeFiles(place, path, files).map(({ name }) => name);
  expect(namesOf('layer3.sae.pt')).toEqual([
    'saes/layer3.sae.pt/config.json',
    'saes/layer3.sae.pt/layer3.sae.pt',
  ]);
  expect(namesOf('big.pth')).toEqual(['saes/big.pth/big.pth']);
});

test('what is derived is estimated from above', () => {
  expect(preparedEstimate(5e9, 1e9, 'q8')).toBeCloseTo(3.25e9);
  expect(preparedEstimate(5e9, 1e9, 'float32')).toBe(0.5e9);
});

describe('the environment', () => {
  test('is read as the tools of the Hub do', () => {
    expect(readHubAccess({ HF_HOME: '/home' })).toEqual({
      endpoint: 'https://huggingface.co',
      cache: '/home/hub',
      stallMilliseconds: 30_000,
    });
    const variables = { HF_ENDPOINT: 'http://mirror/', HF_HUB_CACHE: '/cache', HF_TOKEN: ' hf_a1 ' };
    expect(readHubAccess(variables)).toMatchObject({
      endpoint: 'http://mirror',
      cache: '/cache',
      token: 'hf_a1',
    });
  });

  test.each([
    [{ HF_ENDPOINT: 'mirror' }, /^HF_ENDPOINT is no web address/],
    [{ HF_HUB_DOWNLOAD_TIMEOUT: 'long' }, /^HF_HUB_DOWNLOAD_TIMEOUT should be/],
    [{ HF_TOKEN: 'hf_a\nb' }, /^The Hub token is none/],
  ])('%j is refused', (variables, message) => {
    expect(() => readHubAccess({ HF_HOME: '/nowhere', ...variables })).toThrow(message);
  });
});
