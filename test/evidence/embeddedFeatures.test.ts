import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { readConfiguration } from '../../src/configuration/index.js';

/** What ships with the embedded model about its features, all of it. */
interface Line {
  hook: string;
  feature: number;
  density: number;
  max: number;
  histogram: number[];
  examples: Example[];
  middle: Example[];
  stability?: { returns: number; seeds: number };
}
interface Example {
  tokens: string[];
  activations: number[];
  source: string;
}

const { models, settings } = readConfiguration();
const { folder, saes, features } = models.get(settings.model)!;
const hooks = Object.values(saes).map(({ hook }) => hook);
/** As SmolLM2 spells its special tokens. */
const SPECIAL = /^<[|a-z_]+>$/;
let lines: Line[];

beforeAll(async () => {
  lines = [];
  const text = createReadStream(join(folder, 'features.jsonl.gz')).pipe(createGunzip());
  for await (const line of createInterface({ input: text })) lines.push(JSON.parse(line));
});

const peakOf = ({ activations }: Example) => activations.indexOf(Math.max(...activations));

test('there is one line for every feature of every SAE', () => {
  const written = lines.map(({ hook, feature }) => `${hook} ${feature}`);
  const wanted = hooks.flatMap((hook) => Array.from({ length: features }, (_, i) => `${hook} ${i}`));
  expect(written.toSorted()).toEqual(wanted.toSorted());
});

test('no special token is a peak, nor stands in an example', () => {
  const examples = lines.flatMap((line) => [...line.examples, ...line.middle]);
  expect(examples.length).toBeGreaterThan(100_000);
  const wrong = examples.filter(
    (example) =>
      example.activations.length !== example.tokens.length ||
      !(example.activations[peakOf(example)]! > 0) ||
      example.tokens.some((token) => SPECIAL.test(token)),
  );
  expect(wrong).toEqual([]);
});

test('at most 1 % of the features are dead, and the others have what their density says', () => {
  for (const hook of hooks) {
    const all = lines.filter((line) => line.hook === hook);
    const dead = all.filter(({ max }) => max === 0);
    expect(dead.length).toBeLessThanOrEqual(all.length / 100);
    const wrong = all.filter(({ density, histogram, max, examples }) => {
      const strengths = examples.map((example) => example.activations[peakOf(example)]!);
      const counted = histogram.reduce((sum, count) => sum + count, 0);
      return (
        density > 0 !== max > 0 ||
        counted > 0 !== max > 0 ||
        strengths.some((strength, i) => i > 0 && strength > strengths[i - 1]!)
      );
    });
    expect(wrong).toEqual([]);
  }
});

test('the middle SAE says in how many of two others each feature returns', () => {
  const stabilities = lines.flatMap(({ hook, stability }) => (stability ? [{ hook, ...stability }] : []));
  expect(stabilities).toHaveLength(features);
  expect(new Set(stabilities.map(({ hook, seeds }) => `${hook} ${seeds}`))).toEqual(
    new Set(['blocks.10.hook_resid_post 2']),
  );
  for (let returns = 0; returns <= 2; returns++)
    expect(stabilities.filter((one) => one.returns === returns).length).toBeGreaterThan(0);
});

test('feature 777 of layer 10, to which people are sent first, is alive, stable and exemplified', () => {
  const line = lines.find(({ hook, feature }) => hook === 'blocks.10.hook_resid_post' && feature === 777)!;
  expect(line.examples).toHaveLength(10);
  expect(line.stability?.returns).toBeGreaterThan(0);
  expect(line.density).toBeGreaterThan(1e-4);
});

test('the SAEs together take less than 40 MB', () => {
  const files = Object.values(saes).map((sae) => statSync(join(sae.folder!, 'sae_weights.safetensors')).size);
  expect(files.reduce((sum, size) => sum + size, 0)).toBeLessThan(40e6);
});
