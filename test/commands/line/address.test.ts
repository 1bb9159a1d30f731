import { expect, test } from 'vitest';
import {
  findFeatureAddress,
  parseFeatureAddress,
  parseLayerAddress,
} from '../../../commands/line/address.js';
import { type CatalogueModel, readConfiguration } from '../../../src/configuration/index.js';
import { glossConfiguration } from '../../support/glossModel.js';

const { settings, models } = readConfiguration(glossConfiguration());
const gemma: CatalogueModel = {
  id: 'gemma-2b',
  title: 'Gemma 2B',
  folder: '/nowhere',
  release: 'gemma-2b-res-jb',
  saes: {},
  neuronpedia: {},
  defaults: {},
  prepared: '',
  dtype: 'float32' as const,
  layers: [0, 6, 10],
  features: 16_384,
};
const gloss = models.get('gloss-12l')!;
const configuration = {
  settings,
  models: new Map([
    ['gloss-12l', gloss],
    ['gemma-2b', gemma],
  ]),
};
const read = (text: string, model?: string) => {
  const address = parseFeatureAddress(text.split(' '), model, configuration);
  return [address.model.id, address.layer, address.feature];
};

test.each([
  ['10 777', ['gloss-12l', 10, 777]],
  ['10/777', ['gloss-12l', 10, 777]],
  ['10, 777', ['gloss-12l', 10, 777]],
  ['L10 F777', ['gloss-12l', 10, 777]],
  ['l10f777', ['gloss-12l', 10, 777]],
  ['layer 6 feature 5', ['gloss-12l', 6, 5]],
  ['gemma-2b/10-res-jb/777', ['gemma-2b', 10, 777]],
  ['https://www.neuronpedia.org/gemma-2b/6-res-jb/12345', ['gemma-2b', 6, 12_345]],
  ['https://neuronpedia.org/gemma-2b/6-res-jb/12345?embed=true#top', ['gemma-2b', 6, 12_345]],
  ['<https://www.neuronpedia.org/gemma-2b/6-res-jb/12345>', ['gemma-2b', 6, 12_345]],
  ['<https://www.neuronpedia.org/gemma-2b/6-res-jb/12345|this one>', ['gemma-2b', 6, 12_345]],
])('%s names a feature', (text, expected) => {
  expect(read(text)).toEqual(expected);
});

const readLayer = (text: string, model?: string) => {
  const address = parseLayerAddress(text.split(' '), model, configuration);
  return address && [address.model.id, address.layer];
};

test.each([
  ['10', ['gloss-12l', 10]],
  ['L10', ['gloss-12l', 10]],
  ['layer 6', ['gloss-12l', 6]],
  ['gemma-2b/10-res-jb', ['gemma-2b', 10]],
  ['gemma-2b/10', ['gemma-2b', 10]],
  ['https://www.neuronpedia.org/gemma-2b/6-res-jb', ['gemma-2b', 6]],
  ['10 777', undefined],
  ['10/777', undefined],
  ['10 random', undefined],
  ['gemma-2b/10-res-jb/777', undefined],
  ['hello', undefined],
  ['', undefined],
])('%s names a layer: %s', (text, expected) => {
  expect(readLayer(text)).toEqual(expected);
});

test('a layer must have an SAE, and its model be the one that was chosen', () => {
  expect(readLayer('6', 'gemma-2b')).toEqual(['gemma-2b', 6]);
  expect(() => readLayer('7')).toThrow('gloss-12l has no SAE at layer 7; layers with one: 0, 6, 10.');
  expect(() => readLayer('gemma-2b/6', 'gloss-12l')).toThrow(/^The address is one of gemma-2b, but model=/);
});

test('random names any feature of the layer, or of any layer', () => {
  const [, layer, feature] = read('10 random');
  expect(layer).toBe(10);
  expect(feature).toBeGreaterThanOrEqual(0);
  expect(feature).toBeLessThan(1024);
  expect([0, 6, 10]).toContain(read('random')[1]);
});

test('model= chooses the model', () => {
  expect(read('6 16000', 'gemma-2b')).toEqual(['gemma-2b', 6, 16_000]);
});

test.each([
  ['', undefined, /^No feature was named: expected a layer and a feature, as in: 10 777/],
  ['hello there', undefined, /^"hello there" names no feature: expected a layer/],
  ['L10', undefined, /^"L10" names no feature: expected .* What stands out in a whole layer: kind 10\.$/],
  ['10 -5', undefined, /^Feature -5 does not exist: layer 10 of gloss-12l has features 0 to 1023\.$/],
  ['10 7.5', undefined, /names no feature/],
  ['11 777', undefined, /^gloss-12l has no SAE at layer 11; layers with one: 0, 6, 10\.$/],
  ['10 1024', undefined, /^Feature 1024 does not exist: layer 10 of gloss-12l has features 0 to 1023\.$/],
  [
    '10 777',
    'glos-12l',
    /^There is no model "glos-12l"\. Did you mean "gloss-12l"\? Models: gloss-12l, gemma-2b\.$/,
  ],
  [
    'gemma-2b/10-res-jb/777',
    'gloss-12l',
    /^The address is one of gemma-2b, but model=gloss-12l: keep one\.$/,
  ],
  ['https://evil.example/gemma-2b/10-res-jb/777', undefined, /names no feature/],
])('"%s" with model %s is refused with the remedy', (text, model, message) => {
  expect(() => read(text, model)).toThrow(message);
});

test.each([
  [
    'have you seen https://www.neuronpedia.org/gemma-2b/6-res-jb/12345?x=1 yet',
    'https://www.neuronpedia.org/gemma-2b/6-res-jb/12345',
  ],
  ['<https://neuronpedia.org/gemma-2b/6-res-jb/5|link>', 'https://neuronpedia.org/gemma-2b/6-res-jb/5'],
  ['I think L10 F777 is about kings', 'L10 F777'],
  ['layer 10, feature 777!', 'layer 10, feature 777'],
  ['call 10 777', undefined],
  ['https://evil.example/neuronpedia.org/gemma-2b/6-res-jb/5', undefined],
])('the message "%s" mentions %s', (text, expected) => {
  expect(findFeatureAddress(text)).toBe(expected);
});
