import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flatten, SAMPLE, sampleGhosts, unflatten } from '../../../../src/core/features/tree/baseline.js';
import type { Baseline, MeanTree } from '../../../../src/core/model/model.js';
import { BaselineStore } from '../../../../src/core/runtime/opened/baselineStore.js';
import { fixture } from '../../../support/tinyModel.js';
import { listed, meanOf, node, rootOf } from '../../../support/trees.js';

const prompt = 'A "{ghost}" is "';

/** The ghosts of the original method. */
const ORIGINAL = { at: 'input', radius: 1, hook: 'blocks.0.hook_resid_post' } as const;

test('a baseline survives being written down', () => {
  const root = meanOf([rootOf(node(1, 0.6, [node(2, 0.3), node(3, 0.1)]), node(5, 0.25))]);
  const baseline = { floor: 0.01, root };
  expect(unflatten(JSON.parse(JSON.stringify(flatten(baseline))))).toEqual(baseline);
  expect(() => unflatten({ floor: 0, parents: [1, -1], tokens: [1, 2], probabilities: [1, 1] })).toThrow();
});

test('the sample is the centroid and directions at its distances, the same every time', () => {
  const centroid = Float32Array.from({ length: 32 }, (_, i) => i / 10);
  const ghosts = sampleGhosts(centroid, 2);
  expect(ghosts).toHaveLength(1 + SAMPLE.directions * SAMPLE.distances.length);
  const distances = ghosts.map((ghost) => Math.hypot(...ghost.map((value, i) => value - centroid[i]!)));
  expect(distances[0]).toBe(0);
  expect(distances[1]).toBeCloseTo(2 * SAMPLE.distances[0]);
  expect(distances.at(-1)).toBeCloseTo(2 * SAMPLE.distances.at(-1)!);
  expect(sampleGhosts(centroid, 2)).toEqual(ghosts);
});

test('a baseline is measured once for a prompt, kept in a file, and measured again when the file is damaged', async () => {
  const source = { folder: 'test/fixtures/tiny-gpt2', prepared: folder(), dtype: 'float32' as const };
  let measured = 0;
  const measure = async () => {
    measured++;
    return { floor: 0.01, root: { probability: 1, children: new Map([[3, leaf(0.5)]]) } };
  };
  const question = { prompt, close: true, centered: false, ...ORIGINAL };
  const store = new BaselineStore(source);
  const baseline = await store.get(question, measure);
  expect(await store.get(question, measure)).toBe(baseline);
  expect(await new BaselineStore(source).get(question, measure)).toEqual(baseline);
  expect(measured).toBe(1);
  for (const other of [
    { prompt: 'a {ghost} b' },
    { close: false },
    { centered: true },
    { at: 2 },
    { radius: 4 },
    { at: 'learned' } as const,
    { at: 'learned', hook: 'blocks.1.hook_resid_post' } as const,
  ])
    await store.get({ ...question, ...other }, measure);
  expect(measured).toBe(8);
  for (const name of readdirSync(source.prepared)) writeFileSync(join(source.prepared, name), 'damaged');
  expect(await new BaselineStore(source).get(question, measure)).toEqual(baseline);
  expect(measured).toBe(9);
});

test('a folder that cannot be written costs time, nothing else', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  const source = { folder: 'test/fixtures/tiny-gpt2', prepared: file, dtype: 'float32' as const };
  const baseline: Baseline = { floor: 0.01, root: leaf(1) };
  const question = { prompt, close: true, centered: false, ...ORIGINAL };
  expect(await new BaselineStore(source).get(question, async () => baseline)).toBe(baseline);
});

test('a baseline in the folder of a model is that of the default prompt', async () => {
  const source = { folder: fixture('gloss-12l'), prepared: folder(), dtype: 'float32' as const };
  const question = {
    prompt: 'A typical definition of "{ghost}" would be "',
    close: true,
    centered: false,
    ...ORIGINAL,
  };
  const baseline = await new BaselineStore(source).get(question, () => {
    throw new Error('measured');
  });
  expect(baseline.floor).toBe(SAMPLE.floor);
  const paths = Object.values(listed(baseline.root));
  expect(paths.length).toBeGreaterThan(100);
  expect(Math.min(...paths)).toBeGreaterThanOrEqual(baseline.floor);
});

function leaf(probability: number): MeanTree {
  return { probability, children: new Map() };
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'ghosttree-'));
}
