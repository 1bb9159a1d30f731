import { sequenceRows } from '../../src/core/features/ghost/sequence.js';
import { growTree } from '../../src/core/features/tree/tree.js';
import { gaussian } from '../../src/core/maths/random.js';
import { type Batch, GHOST, type KeyValues, type LanguageModel } from '../../src/core/model/ports.js';
import type { TreeNode } from '../../src/core/report/feature.js';
import type { Decoder } from '../../src/core/runtime/opened/decoder.js';
import { loadModel } from '../../src/core/runtime/opened/index.js';
import { Session } from '../../src/core/runtime/session/index.js';
import type { ModelSource } from '../../src/core/weights/files/source.js';
import { GraphBuilder } from '../../src/core/weights/graph/graph.js';
import type { BenchRow } from '../row.js';

/** Forward passes of the original's algorithm that are timed; spread over the whole tree. */
const SAMPLES = 40;

export interface TreeBench {
  name: string;
  source: ModelSource;
  /** Nodes to grow. */
  nodes: number;
  batch: number;
  threads: number;
  /** Multiplications and additions of the weight matrices for one row; attention, a few per cent, is left out. */
  operationsPerRow?: number;
  /** What we aim for. */
  goals: { ratio?: string; peak?: string };
}

/**
 * Nodes per second against the original's algorithm (one full forward per node) in the same runtime, and the
 * share of the machine's matrix-multiplication peak that growing reaches.
 */
export async function benchTree(bench: TreeBench): Promise<BenchRow[]> {
  const { name, source, nodes, batch, threads, operationsPerRow, goals } = bench;
  const loaded = await loadModel(source, { threads });
  const model = loaded.language;
  const random = gaussian(2);
  const ghost = Float32Array.from({ length: model.hiddenSize }, () => random() / Math.sqrt(model.hiddenSize));
  const prompt = { ids: [1, 2, 3, 4, 5, GHOST, 6, 7, 8, 9], closes: () => false };
  const options = { top: 5, cutoff: 1e-12, depth: 25, nodes, outOfTime: () => false, batch };

  const counted = countRows(model);
  await growTree(model, prompt, ghost, { ...options, nodes: 50 }); // warm-up
  const started = performance.now();
  const tree = await growTree(counted, prompt, ghost, options);
  const seconds = (performance.now() - started) / 1000;

  const paths = pathsOf(tree.root);
  const sample = paths.filter((_, i) => i % Math.ceil(paths.length / SAMPLES) === 0);
  await fullForward(model, [...prompt.ids, ...sample[0]!], ghost); // warm-up
  const originalStarted = performance.now();
  for (const path of sample) await fullForward(model, [...prompt.ids, ...path], ghost);
  const originalSeconds = (performance.now() - originalStarted) / 1000 / sample.length;
  await loaded.close();

  const ours = tree.nodes / seconds;
  const rows: BenchRow[] = [
    { name: `${name}: tree of ${tree.nodes} nodes`, value: ours, unit: 'nodes/s' },
    { name: `${name}: the original's algorithm, same runtime`, value: 1 / originalSeconds, unit: 'nodes/s' },
    { name: `${name}: ratio`, value: ours * originalSeconds, unit: 'x', goal: goals.ratio },
  ];
  if (operationsPerRow !== undefined) {
    const achieved = (counted.rows * operationsPerRow) / seconds;
    rows.push({
      name: `${name}: share of the matrix-multiplication peak`,
      value: achieved / (await matrixPeak(threads)),
      unit: '',
      goal: goals.peak,
    });
  }
  return rows;
}

async function fullForward(model: Decoder, ids: number[], ghost: Float32Array): Promise<void> {
  const rows = sequenceRows(ids);
  const batch = { rows, ghosts: [ghost], shared: [], selected: [rows.length - 1], top: 5 };
  (await model.forward(batch, model.createStore())).next(0);
}

function pathsOf(root: TreeNode): number[][] {
  const paths: number[][] = [];
  const visit = (node: TreeNode, path: number[]) => {
    for (const child of node.children) {
      const childPath = [...path, child.tokenId!];
      paths.push(childPath);
      visit(child, childPath);
    }
  };
  visit(root, []);
  return paths;
}

function countRows(model: Decoder): LanguageModel & { rows: number } {
  const { vocabularySize, contextLength, hiddenSize } = model;
  return {
    vocabularySize,
    contextLength,
    hiddenSize,
    rows: 0,
    createStore: () => model.createStore(),
    forward(batch: Batch, store: KeyValues) {
      this.rows += batch.rows.length;
      return model.forward(batch, store as ReturnType<Decoder['createStore']>);
    },
    residual: (batch, hook) => model.residual(batch, hook),
  };
}

/** Operations per second of onnxruntime's best case: a large square product, the best of several runs. */
async function matrixPeak(threads: number): Promise<number> {
  const size = 1024;
  const graph = new GraphBuilder();
  const a = graph.input('a', 'float32', [size, size]);
  graph.output('c', graph.op('MatMul', [a, graph.input('b', 'float32', [size, size])]), 'float32', [
    size,
    size,
  ]);
  const session = await Session.open(graph.encode(), '.', { threads });
  const random = gaussian(3);
  const matrix = () => Float32Array.from({ length: size * size }, random);
  const feeds = {
    a: { type: 'float32' as const, data: matrix(), shape: [size, size] },
    b: { type: 'float32' as const, data: matrix(), shape: [size, size] },
  };
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 12; run++) {
    const started = performance.now();
    await session.run(feeds, ['c']);
    best = Math.min(best, performance.now() - started);
  }
  await session.close();
  return (2 * size ** 3) / (best / 1000);
}
