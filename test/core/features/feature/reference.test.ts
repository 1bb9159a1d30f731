import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerFeature } from '../../../../src/core/features/feature/index.js';
import { sequenceRows } from '../../../../src/core/features/ghost/sequence.js';
import { GHOST } from '../../../../src/core/model/ports.js';
import type { FeatureReport, ListedToken, TreeNode } from '../../../../src/core/report/feature.js';
import type { FeatureParameters } from '../../../../src/core/report/parameters.js';
import { loadModel, type OpenModel } from '../../../../src/core/runtime/opened/index.js';
import { SaeEncoder } from '../../../../src/core/runtime/opened/saeEncoder.js';
import { Sae } from '../../../../src/core/weights/sae/index.js';
import { glossModel } from '../../../support/glossModel.js';
import { largestDifference } from '../../../support/numbers.js';
import { fixture, tinyModel } from '../../../support/tinyModel.js';

/**
 * The core against an independent PyTorch implementation of the original algorithm (one full forward per node).
 * The fixtures and their format: test/reference/.
 */
interface Fixture {
  embedding: Record<'raw' | 'centered', { centroid: number[]; meanTokenDistance: number; pc1: number[] }>;
  tokenizer: { encode: { text: string; ids: number[] }[]; decode: string[] };
  passes: {
    prompt: { before: number[]; after: number[] };
    ghost: number[];
    logits: number[];
    hidden: Record<string, number[][]>;
    /** Pairs [feature, activation] of each position. */
    encode: { hook: string; centered: boolean; active: [number, number][][] }[];
  }[];
  /** Largest difference of logits when one detail of the forward pass is computed wrongly. */
  details?: Record<string, number>;
  fineDetails?: Record<string, number>;
  cases: {
    name: string;
    hook: string;
    feature: number;
    centered: boolean;
    options: Omit<FeatureParameters, 'scale'> & { scale: number | 'auto' };
    parameters: FeatureParameters;
    ghost: { norm: number; distanceFromCentroid: number; meanTokenDistance: number };
    prompt: { before: number[]; after: number[] };
    tree: { nodes: number; complete: boolean; cutoff: number; root: TreeNode };
    borderline: { path: number[] }[];
    tokens: ListedToken[];
  }[];
}

const TINY = ['tiny-gpt2', 'tiny-gpt2-sharded', 'tiny-gemma', 'tiny-gemma-2'] as const;
const MODELS = [
  ...TINY.map((name) => ({ name, source: tinyModel(name) })),
  { name: 'gloss-12l', source: glossModel() },
];

describe.each(MODELS)('$name', ({ name, source }) => {
  const expected: Fixture = JSON.parse(readFileSync(fixture(`${name}.json`), 'utf8'));
  let model: OpenModel;
  beforeAll(async () => {
    model = await loadModel(source, { threads: 1 });
  });
  afterAll(() => model.close());

  test.each(['raw', 'centered'] as const)(
    'centroid, mean token distance and first principal component of %s embeddings are those of PyTorch',
    async (form) => {
      const { centroid, meanTokenDistance, pc1 } = expected.embedding[form];
      const embeddings = await model.embeddings(form === 'centered');
      expect(largestDifference(embeddings.centroid, centroid)).toBeLessThan(1e-6);
      expect(Math.abs(embeddings.meanDistance / meanTokenDistance - 1)).toBeLessThan(1e-5);
      expect(largestDifference(await embeddings.principalComponent(), pc1)).toBeLessThan(1e-5);
    },
  );

  test('texts become the same token ids, and token ids the same texts', () => {
    for (const { text, ids } of expected.tokenizer.encode) expect(model.tokenizer.encode(text)).toEqual(ids);
    expected.tokenizer.decode.forEach((text, id) => {
      // Bytes that are no UTF-8 by themselves: PyTorch's side shows U+FFFD, we show the bytes.
      const ours = model.tokenizer.text(id);
      if (text.includes('\uFFFD')) expect(ours).toMatch(/<0x[89A-F][0-9A-F]>/);
      else expect(ours).toBe(text);
    });
  });

  test('logits and the residual stream at every hook point agree within 1e-4, relative to a spread of 3', async () => {
    for (const pass of expected.passes) {
      const rows = sequenceRows([...pass.prompt.before, GHOST, ...pass.prompt.after]);
      const hooks = Object.keys(pass.hidden);
      const ghost = Float32Array.from(pass.ghost);
      const outputs = await model.language.inspect(
        { rows, ghosts: [ghost], shared: [], selected: [rows.length - 1], top: 1 },
        ['logits', ...hooks],
      );
      expect(largestDifference(outputs.logits!, pass.logits)).toBeLessThan(tolerance(pass.logits));
      for (const hook of hooks) {
        const wanted = pass.hidden[hook]!.flat();
        expect(largestDifference(outputs[hook]!, wanted)).toBeLessThan(tolerance(wanted));
      }
    }
  });

  test('features are as active as in PyTorch, on the stream as it is and on the centred one', async () => {
    const places = Object.values(source.saes);
    for (const { hidden, encode } of expected.passes) {
      for (const { hook, centered, active } of encode) {
        const place = places.find((sae) => sae.hook === hook)!;
        const sae = await Sae.open({ ...place, centered });
        const encoder = await SaeEncoder.open(sae, { threads: 1 });
        const rows = hidden[hook]!;
        const wanted = active.flatMap((pairs) => {
          const row = new Array<number>(sae.features).fill(0);
          for (const [feature, activation] of pairs) row[feature] = activation;
          return row;
        });
        const ours = await encoder.encode(Float32Array.from(rows.flat()), rows.length);
        expect(largestDifference(ours, wanted)).toBeLessThan(tolerance(rows.flat()));
        await encoder.close();
      }
    }
  });

  test.each(expected.cases)(
    '$hook, feature $feature, $name, centred $centered: same ghost, tree and list',
    async (wanted) => {
      const layer = Number(wanted.hook.split('.')[1]);
      const report = await answerFeature(
        model,
        { ...(await model.features(layer)), centered: wanted.centered },
        {
          model: name,
          layer,
          feature: wanted.feature,
          parameters: {
            ...wanted.options,
            at: 'input',
            // The original method counts in the units of the embedding space.
            scale:
              wanted.options.scale === 'auto'
                ? 'auto'
                : wanted.options.scale / wanted.ghost.meanTokenDistance,
            trim: 0,
            list: 'near',
            prune: 'off',
            clamp: 'off',
            steer: 'off',
            theme: 'dark',
          },
        },
        {
          treeMilliseconds: 60_000,
          textMilliseconds: 1000,
          listMilliseconds: 60_000,
          dreamMilliseconds: 60_000,
          batch: 64,
        },
        0,
        () => {},
      );
      const { norm, distance, unit } = report.ghost;
      expect(report.parameters.scale * unit).toBeCloseTo(wanted.parameters.scale, 5);
      const { norm: length, distanceFromCentroid, meanTokenDistance } = wanted.ghost;
      for (const [ours, theirs] of [
        [norm, length],
        [distance, distanceFromCentroid],
        [unit, meanTokenDistance],
      ] as const)
        expect(Math.abs(ours / theirs - 1)).toBeLessThan(1e-5);
      expectSameTree(report.tree, wanted);
      expectSameList(report.tokens, wanted.tokens);
    },
  );
});

/** Float32 carries seven digits: 1e-4 where values spread by 3, in proportion where they spread by more. */
function tolerance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return 1e-4 * Math.max(1, Math.sqrt(variance) / 3);
}

/** Node sets are equal and cumulative probabilities within 1e-4 relative, borderline nodes aside. */
function expectSameTree(ours: FeatureReport['tree'], wanted: Fixture['cases'][number]): void {
  const borderline = wanted.borderline.map(({ path }) => path.join());
  const excused = (path: string) => borderline.some((edge) => path === edge || path.startsWith(`${edge},`));
  const ourNodes = flatten(ours.root);
  const theirNodes = flatten(wanted.tree.root);
  expect([...ourNodes.keys()].filter((path) => !theirNodes.has(path) && !excused(path))).toEqual([]);
  expect([...theirNodes.keys()].filter((path) => !ourNodes.has(path) && !excused(path))).toEqual([]);
  for (const [path, node] of ourNodes) {
    const theirs = theirNodes.get(path);
    if (!theirs) continue;
    expect(Math.abs(node.cumulative / theirs.cumulative - 1)).toBeLessThan(1e-4);
    expect(node.end).toBe(theirs.end);
  }
  if (borderline.length > 0) return;
  expect(ours.nodes).toBe(wanted.tree.nodes);
  expect(ours.complete).toBe(wanted.tree.complete);
  expect(Math.abs(ours.cutoff / wanted.tree.cutoff - 1)).toBeLessThan(1e-4);
}

/** Nodes by their path of token ids. */
function flatten(root: TreeNode): Map<string, TreeNode> {
  const nodes = new Map<string, TreeNode>();
  const visit = (node: TreeNode, path: string) => {
    for (const child of node.children) {
      const childPath = path ? `${path},${child.tokenId}` : String(child.tokenId);
      nodes.set(childPath, child);
      visit(child, childPath);
    }
  };
  visit(root, '');
  return nodes;
}

/** The same order wherever scores differ by more than 1e-5. */
function expectSameList(ours: readonly ListedToken[], theirs: readonly ListedToken[]): void {
  expect(ours.length).toBe(theirs.length);
  ours.forEach((token, index) => {
    expect(Math.abs(token.score - theirs[index]!.score)).toBeLessThan(1e-5);
    if (token.tokenId !== theirs[index]!.tokenId) {
      const same = theirs.find(({ tokenId }) => tokenId === token.tokenId);
      // Near-equal tokens may change places, at the end of the list with one that is not listed.
      if (same) expect(Math.abs(same.score - token.score)).toBeLessThan(1e-5);
      else expect(Math.abs(theirs.at(-1)!.score - token.score)).toBeLessThan(1e-5);
    }
  });
}
