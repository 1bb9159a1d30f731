import { afterAll, beforeAll, expect, test } from 'vitest';
import { prunedText } from '../../../../commands/parts/pruned.js';
import { answerFeature } from '../../../../src/core/features/feature/index.js';
import type { Baseline } from '../../../../src/core/model/model.js';
import type { FeatureReport } from '../../../../src/core/report/feature.js';
import type { FeatureParameters } from '../../../../src/core/report/parameters.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { glossModel } from '../../../support/glossModel.js';
import { tinyJob } from '../../../support/processes.js';
import { meanOf, pathsOf } from '../../../support/trees.js';

let model: OpenModel;
beforeAll(async () => {
  model = await loadModel(glossModel([10]), { threads: 1 });
});
afterAll(() => model.close());

async function ask(
  prune: FeatureParameters['prune'],
  { feature = 777, baseline }: { feature?: number; baseline?: Baseline } = {},
  onProgress: Parameters<typeof answerFeature>[5] = () => {},
): Promise<FeatureReport> {
  const { request, limits } = tinyJob({ prune, cutoff: 1e-3 });
  const asked = baseline ? { ...model, baseline: async () => baseline } : model;
  return answerFeature(
    asked,
    await model.features(10),
    { ...request, layer: 10, feature },
    limits,
    0,
    onProgress,
  );
}

test('on hides, grey marks and off shows the generic branches; nothing kept changes', async () => {
  const [on, grey, off] = [await ask('on'), await ask('grey'), await ask('off')];
  const nodes = { on: pathsOf(on.tree.root), grey: pathsOf(grey.tree.root), off: pathsOf(off.tree.root) };
  expect(off.tree.pruned).toBeUndefined();
  expect(on.tree.pruned).toMatchObject({ hidden: true });
  expect(on.tree.nodes).toBe(nodes.on.size);
  expect(on.tree.nodes).toBeGreaterThan(0);
  expect(on.tree.nodes).toBeLessThan(off.tree.nodes);
  for (const [path, node] of nodes.on) {
    // Rows of a batch of another size are summed in another order.
    expect(Math.abs(node.cumulative / nodes.off.get(path)!.cumulative - 1)).toBeLessThan(1e-4);
    expect(node.generic).toBeUndefined();
    expect(node.token).toBe(nodes.off.get(path)!.token);
  }
  expect([...nodes.grey.keys()]).toEqual([...nodes.off.keys()]);
  const kept = [...nodes.grey].filter(([, { generic }]) => !generic).map(([path]) => path);
  expect(kept.sort()).toEqual([...nodes.on.keys()].sort());
  expect(prunedText(on)[0]).toMatch(/^\d+ generic branches hidden \(\d+(\.\d+)?% of the probability\)$/);
  expect(prunedText(grey)[0]).toMatch(/ generic branches in grey /);
  expect(prunedText(off)).toEqual([]);
});

test('a tree of which nothing would be left is shown whole, as generic, and says so', async () => {
  const off = await ask('off');
  const on = await ask('on', { baseline: { floor: 1e-3, root: meanOf([off.tree.root]) } });
  expect(on.tree.nodes).toBe(off.tree.nodes);
  expect([...pathsOf(on.tree.root).values()].every(({ generic }) => generic)).toBe(true);
  expect(on.tree.pruned).toMatchObject({ hidden: false, nodes: off.tree.nodes });
  expect(prunedText(on)[0]).toMatch(/^Everything that this feature says is generic/);
});

test('measuring a baseline tells how far it is, and stops when it is told to', async () => {
  const progress: string[] = [];
  const { request, limits } = tinyJob({ prune: 'on', prompt: 'The word "{ghost}" means "' });
  const asked = answerFeature(
    model,
    await model.features(10),
    { ...request, layer: 10, feature: 777 },
    limits,
    0,
    ({ stage }) => {
      progress.push(stage);
      if (stage === 'preparing') throw new Error('taken back');
    },
  );
  await expect(asked).rejects.toThrow('taken back');
  expect(new Set(progress)).toEqual(new Set(['measuring', 'said', 'preparing']));
  expect(progress.at(-1)).toBe('preparing');
});
