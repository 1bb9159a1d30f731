import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { WeightType } from '../src/core/index.js';
import { WORDS } from './generated/smollm2.js';
import type { DefinitionsAnswer, TreeAnswer } from './speed/way.js';
import { Way } from './speed/ways.js';

/**
 * `npm run bench:quantisation`: the ways to hold SmolLM2-135M-Instruct's weights (a GGUF of Q4_1 matrices): speed of a
 * tree, memory, and what they do to the definitions of words, against float32 of the same file. Ways take turns; the
 * table is bench/quantisation-results.md.
 */
const THREADS = 2;
const BATCH = 128;
const NODES = 500;
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const DEFINITIONS = 10;
const LONGEST = 10;
const WAYS: WeightType[] = ['float32', 'stored', 'q8', 'q4'];

// The first process of each derives its files; what is measured begins after.
for (const dtype of WAYS) await (await Way.open(dtype, THREADS, BATCH)).close();
const ways: { dtype: WeightType; way: Way; trees: TreeAnswer[] }[] = [];
for (const dtype of WAYS) ways.push({ dtype, way: await Way.open(dtype, THREADS, BATCH), trees: [] });
for (const { way } of ways) await way.tree(50);
for (let round = 0; round < ROUNDS; round++)
  for (const { way, trees } of ways) trees.push(await way.tree(NODES));
const answers = new Map<WeightType, DefinitionsAnswer>();
for (const { dtype, way } of ways) {
  answers.set(dtype, await way.definitions(DEFINITIONS, LONGEST));
  await way.close();
}

const exact = answers.get('float32')!;
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
const speed = (trees: TreeAnswer[]) => median(trees.map(({ nodes, seconds }) => nodes / seconds));
const work = (trees: TreeAnswer[]) => median(trees.map(({ nodes, processor }) => nodes / processor));
const [base] = ways.map(({ trees }) => ({ speed: speed(trees), work: work(trees) }));
const lines = ways.map(({ dtype, trees }) => {
  const { same, first, divergence } = compare(exact, answers.get(dtype)!);
  const memory = Math.max(...trees.map((tree) => tree.memory)) / 1e6;
  const cells = [
    dtype,
    speed(trees).toFixed(0),
    (speed(trees) / base!.speed).toFixed(2),
    work(trees).toFixed(0),
    (work(trees) / base!.work).toFixed(2),
    `${memory.toFixed(0)} MB`,
    same.toFixed(2),
    `${first} of ${WORDS.length}`,
    divergence.toExponential(1),
  ];
  return `| ${cells.join(' | ')} |`;
});
const text = `# Ways to hold the weights

Written by \`npm run bench:quantisation\` on ${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}: SmolLM2-135M-Instruct out of its GGUF file (Q4_1 matrices, Q8_0 embeddings), ${THREADS} threads, batches of ${BATCH}. A tree of ${NODES} nodes, median of ${ROUNDS} rounds in which the ways take turns; memory is the peak of the process that computes. Fidelity to float32 over ${WORDS.length} words, each word's own embedding in the ghost's place: of the ${DEFINITIONS} leading definitions those that are the same (goal >= 9), words whose first one is the same (goal >= 48), and the mean KL divergence of the first token in nats (goal <= 0.005).

| weights | nodes/s | times float32 | nodes per processor second | times float32 | memory | of ten the same | first the same | KL |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${lines.join('\n')}
`;
process.stdout.write(text);
await writeFile('bench/quantisation-results.md', text);

function compare(exact: DefinitionsAnswer, other: DefinitionsAnswer) {
  const same = exact.definitions.map((list, word) => {
    const theirs = new Set(other.definitions[word]!);
    return list.filter((definition) => theirs.has(definition)).length;
  });
  const first = exact.definitions.filter((list, word) => list[0] === other.definitions[word]![0]).length;
  const divergences = exact.distributions.map((p, word) => divergence(p, other.distributions[word]!));
  return { same: mean(same), first, divergence: mean(divergences) };
}

/** KL(p || q) in nats. */
function divergence(p: Float32Array, q: Float32Array): number {
  return p.reduce((sum, value, token) => sum + (value > 0 ? value * Math.log(value / q[token]!) : 0), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
