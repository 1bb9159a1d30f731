import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  addTree,
  type Baseline,
  type BaselineNode,
  flatten,
  measureBaseline,
  removeBelow,
  SAMPLE,
  sampleGhosts,
  unflatten,
} from '../../src/core/features/baseline.js';
import type { EmbeddingTable } from '../../src/core/features/ports.js';
import { BaselineStore } from '../../src/core/runtime/baselineStore.js';
import { FakeModel } from '../support/fakeModel.js';
import { node, rootOf } from '../support/trees.js';

const prompt = 'A "{ghost}" is "';

test('a baseline is the mean of the trees, path by path, without what is rarer than the floor', () => {
  const root: BaselineNode = { probability: 1, children: new Map() };
  addTree(root, rootOf(node(1, 0.6, [node(2, 0.3), node(3, 0.1)])), 0.5);
  addTree(root, rootOf(node(1, 0.2, [node(2, 0.2)]), node(4, 0.02)), 0.5);
  expect(listed(root)).toEqual({ '1': 0.4, '1,2': 0.25, '1,3': 0.05, '4': 0.01 });
  // The mean of p(2 | 1), one half and one, weighed by what reaches 1: 0.6 and 0.2.
  expect(listed(root)['1,2']! / listed(root)['1']!).toBeCloseTo((0.6 * 0.5 + 0.2 * 1) / 0.8);
  removeBelow(root, 0.05);
  expect(listed(root)).toEqual({ '1': 0.4, '1,2': 0.25, '1,3': 0.05 });
});

test('a baseline survives being written down', () => {
  const root: BaselineNode = { probability: 1, children: new Map() };
  addTree(root, rootOf(node(1, 0.6, [node(2, 0.3), node(3, 0.1)]), node(5, 0.25)), 1);
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

test('where all ghosts say the same, the baseline is what each says; it tells how far it is and can be stopped', async () => {
  const shares: number[] = [];
  const baseline = await measureBaseline(
    running(),
    { prompt, close: true, centered: false },
    { batch: 64 },
    (s) => {
      shares.push(s);
    },
  );
  const model = new FakeModel(12, 3);
  const first = model.distribution([8, 1, -1, 2]).sort((a, b) => b.probability - a.probability);
  const kept = baseline.root.children.size;
  expect(kept).toBeGreaterThan(5);
  // A tree of so few nodes holds the strongest; those are as probable as each says.
  for (const { tokenId, probability } of first.slice(0, kept))
    expect(baseline.root.children.get(tokenId)!.probability).toBeCloseTo(probability, 9);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBeGreaterThan(0.98);
  const stopped = measureBaseline(running(), { prompt, close: true, centered: false }, { batch: 64 }, () => {
    throw new Error('enough');
  });
  await expect(stopped).rejects.toThrow('enough');
});

test('a baseline is measured once for a prompt, kept in a file, and measured again when the file is damaged', async () => {
  const source = { folder: 'test/fixtures/tiny-gpt2', prepared: folder(), dtype: 'float32' as const };
  let measured = 0;
  const measure = async () => {
    measured++;
    return { floor: 0.01, root: { probability: 1, children: new Map([[3, leaf(0.5)]]) } };
  };
  const question = { prompt, close: true, centered: false };
  const store = new BaselineStore(source);
  const baseline = await store.get(question, measure);
  expect(await store.get(question, measure)).toBe(baseline);
  expect(await new BaselineStore(source).get(question, measure)).toEqual(baseline);
  expect(measured).toBe(1);
  for (const other of [{ prompt: 'a {ghost} b' }, { close: false }, { centered: true }])
    await store.get({ ...question, ...other }, measure);
  expect(measured).toBe(4);
  for (const name of readdirSync(source.prepared)) writeFileSync(join(source.prepared, name), 'damaged');
  expect(await new BaselineStore(source).get(question, measure)).toEqual(baseline);
  expect(measured).toBe(5);
});

test('a folder that cannot be written costs time, nothing else', async () => {
  const file = join(folder(), 'file');
  writeFileSync(file, '');
  const source = { folder: 'test/fixtures/tiny-gpt2', prepared: file, dtype: 'float32' as const };
  const baseline: Baseline = { floor: 0.01, root: leaf(1) };
  const question = { prompt, close: true, centered: false };
  expect(await new BaselineStore(source).get(question, async () => baseline)).toBe(baseline);
});

test('the embedded model ships the baseline of its default prompt', async () => {
  const source = { folder: 'models/gloss-12l', prepared: folder(), dtype: 'float32' as const };
  const question = { prompt: 'A typical definition of "{ghost}" would be "', close: true, centered: false };
  const baseline = await new BaselineStore(source).get(question, () => {
    throw new Error('measured: run `npm run baseline`');
  });
  expect(baseline.floor).toBe(SAMPLE.floor);
  const paths = Object.values(listed(baseline.root));
  expect(paths.length).toBeGreaterThan(100);
  expect(Math.min(...paths)).toBeGreaterThanOrEqual(baseline.floor);
});

function running() {
  const tokenizer = { bos: 8, encode: (text: string) => [text.startsWith('A') ? 1 : 2], text: () => '' };
  const table = { centroid: Float32Array.of(0), meanDistance: 1 } as EmbeddingTable;
  return { language: new FakeModel(12, 3), tokenizer, embeddings: async () => table };
}

function leaf(probability: number): BaselineNode {
  return { probability, children: new Map() };
}

/** Probability by path. */
function listed(root: BaselineNode, before: number[] = []): Record<string, number> {
  return Object.assign(
    {},
    ...[...root.children].map(([token, child]) => {
      const path = [...before, token];
      return { [path.join()]: Number(child.probability.toPrecision(12)), ...listed(child, path) };
    }),
  );
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'ghosttree-'));
}
