/** How long a picture takes against Graphviz on the same tree, and whether many pictures leave memory flat. */
import { execFile } from 'node:child_process';
import { drawFeature } from '../renderers/index.js';
import type { FeatureReport, TreeNode } from '../src/core/report.js';
import type { BenchRow } from './row.js';

const REPEATS = 3;
const SOAK_DRAWS = 500;

/** Measures without printing; a minute or two. */
export async function benchDraw(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const large = benchReport(500);
  await drawFeature(large, { trim: 0 }); // loads canvas and the fonts
  let picture = 0;
  for (const nodes of [100, 500, 5000]) {
    const report = benchReport(nodes);
    const drawn = (await drawFeature(report, { trim: 0 })).drawnNodes;
    const time = await best(() => drawFeature(report, { trim: 0 }));
    if (nodes === 500) picture = time;
    rows.push({ name: `draw a tree of ${nodes} nodes (${drawn} drawn)`, value: time, unit: 'ms' });
  }
  const source = dotSource(large.tree.root);
  try {
    const dot = await best(() => runDot(source));
    rows.push({ name: 'Graphviz dot -Tpng, the same 500 nodes', value: dot, unit: 'ms' });
    rows.push({
      name: 'drawing 500 nodes against dot',
      value: picture / dot,
      unit: 'x the time',
      goal: '<= 1',
    });
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = absent ? 'dot is not installed' : 'dot failed';
    rows.push({ name: `Graphviz dot -Tpng: not measured, ${why}`, value: Number.NaN, unit: 'ms' });
  }
  rows.push({
    name: `memory growth over ${SOAK_DRAWS} draws`,
    value: await soak(),
    unit: 'MB',
    goal: '<= 50',
  });
  return rows;
}

async function best(work: () => Promise<unknown>): Promise<number> {
  let shortest = Number.POSITIVE_INFINITY;
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const start = performance.now();
    await work();
    shortest = Math.min(shortest, performance.now() - start);
  }
  return shortest;
}

async function soak(): Promise<number> {
  const report = benchReport(40);
  const settle = 50;
  for (let draw = 0; draw < settle; draw++) await drawFeature(report);
  const before = process.memoryUsage().rss;
  for (let draw = 0; draw < SOAK_DRAWS; draw++) await drawFeature(report);
  return (process.memoryUsage().rss - before) / 1e6;
}

function runDot(source: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = execFile('dot', ['-Tpng'], { encoding: 'buffer', maxBuffer: 2e8 }, (error) =>
      error ? reject(error) : resolve(),
    );
    child.stdin?.on('error', () => {}); // reported by the callback
    child.stdin?.end(source);
  });
}

function dotSource(root: TreeNode): string {
  const lines = ['digraph { rankdir=LR; node [shape=plaintext];', 'n0 [label="*"];'];
  const stack = [{ node: root, id: 0 }];
  let next = 1;
  while (stack.length > 0) {
    const { node, id } = stack.pop()!;
    for (const child of node.children) {
      lines.push(`n${next} [label=${JSON.stringify(child.token)}];`);
      lines.push(`n${id} -> n${next} [penwidth=${(1 + 10 * child.cumulative).toFixed(2)}];`);
      stack.push({ node: child, id: next++ });
    }
  }
  return `${lines.join('\n')}\n}`;
}

const WORDS =
  'a the person who act of being state quality part used small large group plant water ruler'.split(' ');

/** A tree of exactly so many nodes, grown best first with five children a node, and a list of 100 tokens. */
function benchReport(nodes: number): FeatureReport {
  const root: TreeNode = {
    tokenId: null,
    token: '',
    probability: 1,
    cumulative: 1,
    end: false,
    children: [],
  };
  const frontier = [root];
  for (let made = 0; made < nodes; ) {
    frontier.sort((a, b) => b.cumulative - a.cumulative);
    const parent = frontier.shift()!;
    for (let child = 0; child < 5 && made < nodes; child++, made++) {
      const probability = 0.6 * 0.38 ** child;
      const end = child === 3 && made > 50;
      const token = end ? '."' : ` ${WORDS[(made * 7 + child) % WORDS.length]}`;
      const node = {
        tokenId: made,
        token,
        probability,
        cumulative: parent.cumulative * probability,
        end,
        children: [],
      };
      parent.children.push(node);
      if (!end) frontier.push(node);
    }
  }
  return {
    schema: 'ghosttree/feature@1',
    model: { id: 'bench', dtype: 'float32' },
    sae: { release: 'bench', hook: 'blocks.10.hook_resid_post', layer: 10, feature: 777 },
    parameters: {
      weights: 'encoder',
      scale: 3.8,
      centroid: true,
      pca: 0,
      m: 1.4,
      top: 5,
      cutoff: 5e-5,
      trim: 1e-4,
      depth: 25,
      nodes: 5000,
      tokens: 100,
      prompt: 'A typical definition of "{ghost}" would be "',
      close: true,
      theme: 'dark',
    },
    ghost: { norm: 4, distanceFromCentroid: 3.8, meanTokenDistance: 3.8 },
    tree: { nodes, complete: true, cutoff: 5e-5, root, candidates: [] },
    tokens: Array.from({ length: 100 }, (_, index) => ({
      rank: index + 1,
      tokenId: index,
      token: ` ${WORDS[index % WORDS.length]}${index}`,
      score: 0.3 + index / 200,
      cosine: 0.6,
    })),
    timing: { load: 0, tree: 0, tokens: 0, total: 0 },
  };
}
