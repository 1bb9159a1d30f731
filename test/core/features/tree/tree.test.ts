import fc from 'fast-check';
import { expect, test } from 'vitest';
import { growTree, type TreeOptions } from '../../../../src/core/features/tree/tree.js';
import type { DefinitionTree, TreeNode } from '../../../../src/core/report/feature.js';
import { FakeModel, FakeStore } from '../../../support/fakeModel.js';
import { CLOSING, options as defaults, ghost, prompt, seeds } from '../../../support/fakeQuestion.js';

test('the tree is the one that a search of every path finds, whatever the size of a batch', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.integer({ min: 1, max: 70 }), async (seed, batch) => {
      const model = new FakeModel(12, seed);
      const tree = await growTree(model, prompt, ghost, { ...defaults, batch });
      expect(tree.complete).toBe(true);
      expect(tree.cutoff).toBe(defaults.cutoff);
      expect(paths(tree)).toEqual(search(model, defaults));
      expect(tree.nodes).toBe(paths(tree).size);
    }),
    { numRuns: 40 },
  );
});

test('a node budget leaves exactly the tree of the cutoff that is reported', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.integer({ min: 1, max: 400 }), async (seed, nodes) => {
      const model = new FakeModel(12, seed);
      const tree = await growTree(model, prompt, ghost, { ...defaults, nodes });
      expect(tree.nodes).toBeLessThanOrEqual(nodes);
      expect(paths(tree)).toEqual(search(model, { ...defaults, cutoff: tree.cutoff }));
      const all = search(model, defaults).size;
      expect(tree.complete).toBe(all <= nodes);
      if (all > nodes) expect(tree.nodes).toBe(nodes);
    }),
    { numRuns: 40 },
  );
});

test('running out of time leaves exactly the tree of the cutoff that is reported', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.integer({ min: 1, max: 8 }), async (seed, steps) => {
      const model = new FakeModel(12, seed);
      const tree = await growTree(model, prompt, ghost, {
        ...defaults,
        outOfTime: () => model.forwards > steps,
      });
      const whole = search(model, defaults).size;
      expect(tree.complete).toBe(tree.nodes === whole);
      expect(paths(tree)).toEqual(search(model, { ...defaults, cutoff: tree.cutoff }));
    }),
    { numRuns: 40 },
  );
});

test('a limit of no time at all still gives a tree that is exact for its cutoff', async () => {
  const model = new FakeModel(12, 5);
  const tree = await growTree(model, prompt, ghost, { ...defaults, outOfTime: () => true });
  expect(tree.complete).toBe(false);
  expect(paths(tree)).toEqual(search(model, { ...defaults, cutoff: tree.cutoff }));
});

test('keys and values of finished branches are forgotten', async () => {
  const model = new FakeModel(12, 3);
  let store = new FakeStore();
  model.createStore = () => {
    store = new FakeStore();
    return store;
  };
  const tree = await growTree(model, prompt, ghost, { ...defaults, cutoff: 1e-4, depth: 10 });
  expect(tree.nodes).toBeGreaterThan(1000);
  expect(store.size).toBe(prompt.ids.length);
  expect(store.most).toBeLessThan(tree.nodes / 2);
});

test('progress counts up to the whole tree and all of the probability', async () => {
  const model = new FakeModel(12, 3);
  const seen: { nodes: number; settled: number; depth: number }[] = [];
  const tree = await growTree(model, prompt, ghost, defaults, (progress) => void seen.push(progress));
  expect(seen.at(-1)!.nodes).toBe(tree.nodes);
  expect(seen.at(-1)!.settled).toBeCloseTo(1, 9);
  expect(seen.at(-1)!.depth).toBeLessThanOrEqual(defaults.depth);
  expect(seen.map(({ nodes }) => nodes)).toEqual(seen.map(({ nodes }) => nodes).sort((a, b) => a - b));
});

test('an error thrown by the progress callback ends the growth', async () => {
  const growth = growTree(new FakeModel(12, 3), prompt, ghost, defaults, () => {
    throw new Error('enough');
  });
  await expect(growth).rejects.toThrow('enough');
});

test('an empty tree names the most probable first tokens', async () => {
  const model = new FakeModel(1000, 3);
  const tree = await growTree(model, prompt, ghost, { ...defaults, cutoff: 0.1 });
  expect(tree.nodes).toBe(0);
  expect(tree.complete).toBe(true);
  expect(tree.root.children).toEqual([]);
  expect(tree.candidates.map(({ tokenId }) => tokenId)).toEqual(
    model
      .distribution(prompt.ids)
      .slice(0, 5)
      .map(({ tokenId }) => tokenId),
  );
});

test('no definition is longer than the context allows', async () => {
  const model = new FakeModel(2, 3);
  const long = { ids: Array(60).fill(1), closes: () => false };
  const tree = await growTree(model, long, ghost, { ...defaults, depth: 40 });
  // Positions 60 to 63 hold four tokens; the fifth is predicted from the last of them and never read.
  expect(Math.max(...[...paths(tree).keys()].map((path) => path.split(',').length))).toBe(5);
});

/** Cumulative probability and end of every node by its path of token ids. */
function paths(tree: DefinitionTree): Map<string, [number, boolean]> {
  const found = new Map<string, [number, boolean]>();
  const visit = (node: TreeNode, path: number[]) => {
    for (const child of node.children) {
      const childPath = [...path, child.tokenId!];
      found.set(childPath.join(), [child.cumulative, child.end]);
      visit(child, childPath);
    }
  };
  visit(tree.root, []);
  return sorted(found);
}

/** The definition of the tree, written down as plainly as possible. */
function search(model: FakeModel, options: TreeOptions): Map<string, [number, boolean]> {
  const found = new Map<string, [number, boolean]>();
  const visit = (path: number[], cumulative: number) => {
    if (path.length === options.depth) return;
    for (const { tokenId, probability } of model
      .distribution([...prompt.ids, ...path])
      .slice(0, options.top)) {
      const c = cumulative * probability;
      if (c < options.cutoff) continue;
      found.set([...path, tokenId].join(), [c, tokenId === CLOSING]);
      if (tokenId !== CLOSING) visit([...path, tokenId], c);
    }
  };
  visit([], 1);
  return sorted(found);
}

function sorted<T>(map: Map<string, T>): Map<string, T> {
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
