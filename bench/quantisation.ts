import { PARITY_PASSAGES } from '../src/core/features/activation/parityText.js';
import { answerFeature } from '../src/core/features/feature/index.js';
import { sequenceRows } from '../src/core/features/ghost/sequence.js';
import type { FeatureReport, ModelSource } from '../src/core/index.js';
import { loadModel, type OpenModel } from '../src/core/runtime/opened/index.js';
import { type BenchQuestion, question } from './generated/question.js';
import { GLOSS, gpt2SmallShape, SAE_LAYER } from './generated/sources.js';
import type { BenchRow } from './row.js';
import { writeResults } from './table.js';

/**
 * `npm run bench:quantisation`: what 8 and 4 bits per weight do to the answers, against float32 weights of the
 * same model. The table is bench/quantisation-results.md.
 */
const FEATURES = Array.from({ length: 20 }, (_, i) => 17 + 50 * i);
const THREADS = 1;
const BATCH = 128;
const MODELS = [
  { name: 'gloss-12l', source: GLOSS, cutoff: 5e-5, nodes: 20_000 },
  { name: 'GPT-2-small shape, random weights', source: await gpt2SmallShape(), cutoff: 1e-5, nodes: 300 },
];

const rows: BenchRow[] = [];
for (const { name, source, ...limits } of MODELS) {
  const exact = await answersOf({ ...source, dtype: 'float32' }, limits);
  for (const dtype of ['q8', 'q4'] as const) {
    rows.push(...compare(`${name}, ${dtype}`, exact, await answersOf({ ...source, dtype }, limits)));
  }
}
await writeResults('bench/quantisation-results.md', 'npm run bench:quantisation', rows, {
  threads: THREADS,
  batch: BATCH,
});

interface Answers {
  /** Log-probabilities of the next token at every position of the passages [vocabulary]. */
  distributions: Float64Array[];
  reports: FeatureReport[];
}

async function answersOf(
  source: ModelSource,
  limits: Pick<BenchQuestion, 'cutoff' | 'nodes'>,
): Promise<Answers> {
  const model = await loadModel(source, { threads: THREADS });
  const features = await model.features(SAE_LAYER);
  const reports: FeatureReport[] = [];
  for (const feature of FEATURES) {
    const asked = question({ ...limits, model: source.id, layer: SAE_LAYER, feature });
    const budget = {
      treeMilliseconds: 600_000,
      textMilliseconds: 600_000,
      listMilliseconds: 600_000,
      dreamMilliseconds: 600_000,
      batch: BATCH,
    };
    reports.push(await answerFeature(model, features, asked, budget, 0, () => {}));
  }
  const distributions: Float64Array[] = [];
  for (const passage of PARITY_PASSAGES) distributions.push(...(await distributionsOf(model, passage)));
  await model.close();
  return { distributions, reports };
}

async function distributionsOf({ language, tokenizer }: OpenModel, text: string): Promise<Float64Array[]> {
  const rows = sequenceRows([tokenizer.bos, ...tokenizer.encode(text)].slice(0, 64));
  const batch = { rows, ghosts: [], shared: [], selected: [...rows.keys()], top: 1 };
  const { logits } = await language.inspect(batch, ['logits']);
  return rows.map((_, row) =>
    logSoftmax(logits!.subarray(row * language.vocabularySize, (row + 1) * language.vocabularySize)),
  );
}

function logSoftmax(logits: Float32Array): Float64Array {
  const largest = logits.reduce((a, b) => Math.max(a, b));
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  return Float64Array.from(logits, (logit) => logit - largest - Math.log(sum));
}

function compare(name: string, exact: Answers, quantised: Answers): BenchRow[] {
  const divergences = exact.distributions.map((p, i) => divergence(p, quantised.distributions[i]!));
  const trees = exact.reports.map(({ tree }, i) => {
    const [ours, theirs] = [massesOf(tree.root), massesOf(quantised.reports[i]!.tree.root)];
    const kept = [...ours].filter(([path]) => theirs.has(path));
    const massOf = (nodes: [string, number][]) => nodes.reduce((sum, [, mass]) => sum + mass, 0);
    return { kept: kept.length / ours.size, mass: massOf(kept) / massOf([...ours]) };
  });
  const lists = exact.reports.map(({ tokens }, i) => {
    const theirs = new Set(quantised.reports[i]!.tokens.map(({ tokenId }) => tokenId));
    return tokens.filter(({ tokenId }) => theirs.has(tokenId)).length / tokens.length;
  });
  return [
    { name: `${name}: KL divergence of the next token, mean`, value: mean(divergences), unit: 'nats' },
    { name: `${name}: nodes of the tree kept`, value: 100 * mean(trees.map(({ kept }) => kept)), unit: '%' },
    {
      name: `${name}: the same, weighed by probability`,
      value: 100 * mean(trees.map(({ mass }) => mass)),
      unit: '%',
    },
    { name: `${name}: tokens of the list kept`, value: 100 * mean(lists), unit: '%' },
  ];
}

/** KL(p || q) in nats, of log-probabilities. */
function divergence(p: Float64Array, q: Float64Array): number {
  return p.reduce((sum, logp, token) => sum + Math.exp(logp) * (logp - q[token]!), 0);
}

/** Cumulative probabilities of all nodes by their path. */
function massesOf(root: FeatureReport['tree']['root']): Map<string, number> {
  const nodes = new Map<string, number>();
  const visit = (node: typeof root, path: string) => {
    for (const child of node.children) {
      const own = `${path},${child.tokenId}`;
      nodes.set(own, child.cumulative);
      visit(child, own);
    }
  };
  visit(root, '');
  return nodes;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
