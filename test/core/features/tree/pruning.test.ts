import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hiddenCopy, prunedCopy } from '../../../../eval/sections/prunedTrees.js';
import { pruneBy, type Standing } from '../../../../src/core/features/tree/pruning.js';
import { growTree } from '../../../../src/core/features/tree/tree.js';
import type { Baseline } from '../../../../src/core/model/model.js';
import type { TreeNode } from '../../../../src/core/report/feature.js';
import { FakeModel } from '../../../support/fakeModel.js';
import { ghost, options, prompt, seeds } from '../../../support/fakeQuestion.js';
import { meanOf, node, pathsOf, rootOf } from '../../../support/trees.js';

const thresholds = fc.constantFrom(0.5, 1, 2, 5, 20);

test('lift by hand: inside the trie, where a path leaves it, and outside', () => {
  const baseline = baselineOf(0.01, rootOf(node(1, 0.4, [node(2, 0.04)])));
  const pruning = pruneBy(baseline, 4);
  const one = pruning.below(pruning.root, 1, 0.8, 0.8);
  expect(one).toMatchObject({ expected: 0.4, particular: false });
  expect(pruning.isSettled(one)).toBe(false); // what follows is known, and may be particular
  const two = pruning.below(one, 2, 0.25, 0.2);
  expect(two).toMatchObject({ expected: 0.04, particular: true }); // lift 5
  // 0.4 * 0.5 is far above the floor, and yet the baseline does not have it: it is below the floor there.
  expect(pruning.below(one, 3, 0.5, 0.4)).toMatchObject({ expected: 0.01, particular: true });
  // 0.4 * 0.01 is below the floor anyway: that it is missing says nothing, and lift stays what it was.
  const rare = pruning.below(one, 4, 0.01, 0.008);
  expect(rare).toMatchObject({ expected: 0.004, particular: false });
  expect(pruning.isSettled(rare)).toBe(true);
  expect(pruning.below(rare, 5, 0.5, 0.004)).toMatchObject({ expected: 0.002, particular: false });
  const below = pruning.below(pruning.below(two, 6, 0.1, 0.02), 7, 0.5, 0.01);
  expect(below.expected).toBeCloseTo(0.002);
  expect(below.particular).toBe(true);
});

test('growing with the baseline keeps what pruning the whole tree keeps, with the same probabilities', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, seeds, thresholds, async (seed, other, threshold) => {
      const pruning = pruneBy(await baselineFrom(other), threshold);
      const model = new FakeModel(12, seed);
      const whole = await growTree(model, prompt, ghost, options);
      const pruned = await growTree(model, prompt, ghost, { ...options, pruning, hide: true });
      expect(flat(pruned.root)).toEqual(flat(prunedCopy(whole.root, pruning)));
      expect(pruned.nodes).toBe(flat(pruned.root).size);
      expect(pruned.complete).toBe(true);
      expectHidden(pruned, whole.root);
    }),
    { numRuns: 40 },
  );
});

test('under a node budget a pruned tree is exact for its cutoff, and holds at least what is kept of the whole one', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, seeds, fc.integer({ min: 1, max: 300 }), async (seed, other, nodes) => {
      const pruning = pruneBy(await baselineFrom(other), 4);
      const model = new FakeModel(12, seed);
      const off = await growTree(model, prompt, ghost, { ...options, nodes });
      const on = await growTree(model, prompt, ghost, { ...options, nodes, pruning, hide: true });
      expect(on.nodes).toBeLessThanOrEqual(nodes);
      // The cutoffs do not tell: each is the weakest node's, and where the weakest of the whole tree is left out, the
      // cutoff of what is kept lies above it.
      const held = flat(on.root);
      const kept = flat(prunedCopy(off.root, pruning));
      expect([...kept.keys()].filter((path) => !held.has(path))).toEqual([]);
      if (on.nodes > kept.size) expect(on.cutoff).toBeLessThanOrEqual(off.cutoff);
      const whole = await growTree(model, prompt, ghost, { ...options, cutoff: on.cutoff });
      expect(held).toEqual(flat(prunedCopy(whole.root, pruning)));
      expect(on.nodes).toBe(held.size);
    }),
    { numRuns: 40, examples: [[613119912, 2033493225, 3]] },
  );
});

test('out of time, a pruned tree is exact for its cutoff as well', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, seeds, fc.integer({ min: 1, max: 8 }), async (seed, other, steps) => {
      const pruning = pruneBy(await baselineFrom(other), 4);
      const model = new FakeModel(12, seed);
      const outOfTime = () => model.forwards > steps;
      const on = await growTree(model, prompt, ghost, { ...options, outOfTime, pruning, hide: true });
      const whole = await growTree(new FakeModel(12, seed), prompt, ghost, { ...options, cutoff: on.cutoff });
      expect(flat(on.root)).toEqual(flat(prunedCopy(whole.root, pruning)));
    }),
    { numRuns: 40 },
  );
});

test('grey is the whole tree with marks', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, seeds, thresholds, async (seed, other, threshold) => {
      const pruning = pruneBy(await baselineFrom(other), threshold);
      const model = new FakeModel(12, seed);
      const off = await growTree(model, prompt, ghost, { ...options, nodes: 80 });
      const { pruned, ...grey } = await growTree(model, prompt, ghost, { ...options, nodes: 80, pruning });
      const kept = flat(prunedCopy(off.root, pruning));
      const marked = [...pathsOf(grey.root)].filter(([, { generic }]) => generic);
      expect(marked.map(([path]) => path).sort()).toEqual(
        [...flat(off.root).keys()].filter((path) => !kept.has(path)).sort(),
      );
      const hidden = [...pathsOf(hiddenCopy(off.root, pruning))].filter(([, { connector }]) => !connector);
      expect(hidden.map(([path]) => path)).toEqual(marked.map(([path]) => path));
      for (const marks of pathsOf(grey.root).values()) {
        delete marks.generic;
        delete marks.connector;
      }
      expect(JSON.stringify(grey)).toBe(JSON.stringify(off));
      expect(pruned).toMatchObject({ hidden: false, nodes: marked.length });
    }),
    { numRuns: 40 },
  );
});

test('a connector is not particular, and something below it is; hidden or marked, the same nodes connect', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, seeds, thresholds, async (seed, other, threshold) => {
      const pruning = pruneBy(await baselineFrom(other), threshold);
      const on = await growTree(new FakeModel(12, seed), prompt, ghost, { ...options, pruning, hide: true });
      const grey = await growTree(new FakeModel(12, seed), prompt, ghost, { ...options, pruning });
      const visit = (node: TreeNode, standing: Standing): boolean => {
        const below = node.children.map((child) =>
          visit(child, pruning.below(standing, child.tokenId!, child.probability, child.cumulative)),
        );
        const leads = below.includes(true);
        if (node.tokenId !== null) expect(node.connector ?? false).toBe(leads && !standing.particular);
        return leads || standing.particular;
      };
      for (const { root } of [on, grey]) visit(root, pruning.root);
      const connecting = ({ root }: typeof on) =>
        [...pathsOf(root)].filter(([, { connector }]) => connector).map(([path]) => path);
      expect(connecting(on).sort()).toEqual(connecting(grey).sort());
    }),
    { numRuns: 40 },
  );
});

test('without pruning nothing of it is in the tree', async () => {
  const tree = await growTree(new FakeModel(12, 5), prompt, ghost, options);
  expect(JSON.stringify(tree)).not.toMatch(/pruned|generic|connector/);
});

test('a tree that says what the baseline says is hidden altogether, and fewer nodes are looked at', async () => {
  const pruning = pruneBy(await baselineFrom(5), 2);
  const whole = new FakeModel(12, 5);
  await growTree(whole, prompt, ghost, options);
  const model = new FakeModel(12, 5);
  const tree = await growTree(model, prompt, ghost, { ...options, pruning, hide: true });
  expect([tree.nodes, tree.complete, tree.root.children]).toEqual([0, true, []]);
  expect(tree.pruned!.hidden).toBe(true);
  expect(tree.pruned!.branches).toBe(4);
  expect(model.forwards).toBeLessThan(whole.forwards);
});

/** What the model of another seed says. */
async function baselineFrom(seed: number): Promise<Baseline> {
  const tree = await growTree(new FakeModel(12, seed), prompt, ghost, { ...options, top: 12 });
  return baselineOf(0.01, tree.root);
}

function baselineOf(floor: number, tree: TreeNode): Baseline {
  return { floor, root: meanOf([tree], floor) };
}

type Flat = [probability: number, cumulative: number, end: boolean, connector: boolean];

function flat(root: TreeNode): Map<string, Flat> {
  return new Map(
    [...pathsOf(root)]
      .map(([path, { probability, cumulative, end, connector = false }]): [string, Flat] => [
        path,
        [probability, cumulative, end, connector],
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** The probability of the hidden branches is that of the whole tree's branches that were left out. */
function expectHidden({ root, pruned }: Awaited<ReturnType<typeof growTree>>, whole: TreeNode): void {
  const kept = pathsOf(root);
  const tops = [...pathsOf(whole)].filter(([path]) => {
    const parent = path.split(',').slice(0, -1).join();
    return !kept.has(path) && (parent === '' || kept.has(parent));
  });
  expect(pruned!.branches).toBe(tops.length);
  expect(pruned!.probability).toBeCloseTo(
    tops.reduce((sum, [, { cumulative }]) => sum + cumulative, 0),
    9,
  );
  expect(pruned!.hidden).toBe(true);
}
