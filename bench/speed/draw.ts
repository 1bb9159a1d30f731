/** How long a picture takes against Graphviz on the same tree, and whether many pictures leave memory flat. */
import { execFile } from 'node:child_process';
import { drawBranches, drawCard, drawWordTree } from '../../renderers/index.js';
import type { FeatureReport, TreeNode } from '../../src/core/report/feature.js';
import { englishTree, report } from '../../test/renderers/reports.js';
import { best } from '../best.js';
import type { BenchRow } from '../row.js';

const REPEATS = 3;
const SOAK_DRAWS = 500;

/** Measures without printing; a minute or two. */
export async function benchDraw(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const large = benchReport(500);
  await drawBranches(large, 0); // loads canvas and the fonts
  let picture = 0;
  for (const nodes of [100, 500, 5000]) {
    const wanted = benchReport(nodes);
    const drawn = (await drawBranches(wanted, 0)).drawnNodes;
    const time = await best(REPEATS, () => drawBranches(wanted, 0));
    if (nodes === 500) picture = time;
    rows.push({ name: `draw a tree of ${nodes} nodes (${drawn} drawn)`, value: time, unit: 'ms' });
  }
  const card = await best(REPEATS, () => drawCard(large));
  rows.push({ name: 'draw a card', value: card, unit: 'ms', goal: '<= 150' });
  rows.push({ name: 'draw a word tree', value: await best(REPEATS, () => drawWordTree(large)), unit: 'ms' });
  const source = dotSource(large.tree.root);
  try {
    const dot = await best(REPEATS, () => runDot(source));
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
    name: `memory growth over ${SOAK_DRAWS} cards and word trees`,
    value: await soak(),
    unit: 'MB',
    goal: '<= 50',
  });
  return rows;
}

async function soak(): Promise<number> {
  const small = benchReport(40);
  const settle = 50;
  for (let draw = 0; draw < settle; draw++) await drawBoth(small);
  const before = process.memoryUsage().rss;
  for (let draw = 0; draw < SOAK_DRAWS; draw++) await drawBoth(small);
  return (process.memoryUsage().rss - before) / 1e6;
}

/** What an answer shows. */
async function drawBoth(wanted: FeatureReport): Promise<void> {
  await drawCard(wanted);
  await drawWordTree(wanted);
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

function benchReport(nodes: number): FeatureReport {
  return report(
    englishTree(nodes),
    Array.from({ length: 100 }, (_, index) => ` token${index}`),
  );
}
