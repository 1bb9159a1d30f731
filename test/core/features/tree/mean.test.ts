import fc from 'fast-check';
import { expect, test } from 'vitest';
import { growMeanTree } from '../../../../src/core/features/tree/mean.js';
import { growTree } from '../../../../src/core/features/tree/tree.js';
import { gaussian } from '../../../../src/core/maths/random.js';
import { GHOST } from '../../../../src/core/model/ports.js';
import { tokenizePrompt } from '../../../../src/core/model/prompt.js';
import type { TreeNode } from '../../../../src/core/report/feature.js';
import { loadModel } from '../../../../src/core/runtime/opened/index.js';
import { FakeModel, FakeStore } from '../../../support/fakeModel.js';
import { options as defaults, prompt, seeds } from '../../../support/fakeQuestion.js';
import { tinyModel } from '../../../support/tinyModel.js';
import { listed, meanOf } from '../../../support/trees.js';

const ghosts = [1, 2, 3].map((value) => Float32Array.of(value));
const options = { top: 12, depth: 3, floor: 0.004, followed: 0, batch: 64 };

test('it is the mean of the trees, path by path, without what is rarer than the floor', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.integer({ min: 20, max: 90 }), async (seed, batch) => {
      const trees = await oneByOne(seed);
      const grown = await growMeanTree(
        new FakeModel(12, seed),
        prompt,
        ghosts,
        { ...options, batch },
        () => {},
      );
      expectSame(listed(grown), listed(meanOf(trees, options.floor)));
    }),
    { numRuns: 30 },
  );
});

test('a ghost that says a path too rarely is not followed further', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.double({ min: 0.01, max: 0.2, noNaN: true }), async (seed, followed) => {
      const cut = ({ children, ...node }: TreeNode): TreeNode => ({
        ...node,
        children: node.cumulative >= followed ? children.map(cut) : [],
      });
      const trees = (await oneByOne(seed)).map(cut);
      const grown = await growMeanTree(
        new FakeModel(12, seed),
        prompt,
        ghosts,
        { ...options, followed },
        () => {},
      );
      expectSame(listed(grown), listed(meanOf(trees, options.floor)));
    }),
    { numRuns: 30 },
  );
});

test('a model says it as its trees do, whatever the size of a batch', async () => {
  const model = await loadModel(tinyModel(), { threads: 1 });
  const tokens = tokenizePrompt('A "{ghost}" is "', model.tokenizer, true);
  const { centroid, meanDistance } = await model.embeddings(false);
  const normal = gaussian(4);
  const around = Array.from({ length: 5 }, () => centroid.map((value) => value + meanDistance * normal()));
  const size = { top: 4, depth: 3 };
  const trees: TreeNode[] = [];
  for (const ghost of around) {
    const whole = { ...size, cutoff: 1e-12, nodes: 1e6, batch: 50, outOfTime: () => false };
    trees.push((await growTree(model.language, tokens, ghost, whole)).root);
  }
  const wanted = listed(meanOf(trees, 1e-5));
  expect(Object.keys(wanted).length).toBeGreaterThan(50);
  for (const batch of [1, 33, 400]) {
    const grown = await growMeanTree(
      model.language,
      tokens,
      around,
      { ...size, floor: 1e-5, followed: 0, batch },
      () => {},
    );
    expectSame(listed(grown), wanted, 6);
  }
  await model.close();
});

test('it tells how far it is, remembers only the prompts in the end, and can be stopped', async () => {
  const store = new FakeStore();
  const model = new FakeModel(12, 3);
  model.createStore = () => store;
  const shares: number[] = [];
  await growMeanTree(model, prompt, ghosts, options, (share) => {
    shares.push(share);
  });
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
  const before = prompt.ids.indexOf(GHOST);
  expect(store.size).toBe(before + ghosts.length * (prompt.ids.length - before));
  const stopped = growMeanTree(new FakeModel(12, 3), prompt, ghosts, options, () => {
    throw new Error('enough');
  });
  await expect(stopped).rejects.toThrow('enough');
});

/** The trees of the ghosts, each grown by itself; the fake model knows ghosts by their tokens only. */
async function oneByOne(seed: number): Promise<TreeNode[]> {
  const trees: TreeNode[] = [];
  for (const [index, ghost] of ghosts.entries()) {
    const ids = prompt.ids.map((id) => (id === GHOST ? GHOST - index : id));
    const whole = { ...defaults, top: options.top, depth: options.depth, cutoff: 1e-12 };
    trees.push((await growTree(new FakeModel(12, seed), { ...prompt, ids }, ghost, whole)).root);
  }
  return trees;
}

function expectSame(found: Record<string, number>, wanted: Record<string, number>, digits = 9): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(wanted).sort());
  for (const [path, probability] of Object.entries(wanted))
    expect(found[path]).toBeCloseTo(probability, digits);
}
