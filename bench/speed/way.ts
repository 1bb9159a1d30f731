/**
 * A process that holds SmolLM2 with one type of weights and answers what `bench/quantisation.ts` asks, so that ways can take turns and each has its own peak of memory.
 *
 *     node way.js <dtype> <threads> <batch>
 */
import { leadingDefinitions } from '../../src/core/features/tree/leadingDefinitions.js';
import { growTree } from '../../src/core/features/tree/tree.js';
import type { WeightType } from '../../src/core/index.js';
import { tokenizePrompt } from '../../src/core/model/prompt.js';
import { loadModel } from '../../src/core/runtime/opened/index.js';
import { PROMPT, smollm2, WORD, WORDS } from '../generated/smollm2.js';

export type WayQuestion =
  | { ask: 'tree'; nodes: number }
  | { ask: 'definitions'; width: number; longest: number };

export interface TreeAnswer {
  nodes: number;
  /** Rows that the model computed for them. */
  rows: number;
  seconds: number;
  /** Seconds of all processors together. */
  processor: number;
  /** Most resident memory so far, in bytes. */
  memory: number;
}

export interface DefinitionsAnswer {
  /** Most probable first, for each word. */
  definitions: string[][];
  /** Of the first token, for each word. */
  distributions: Float32Array[];
}

const [dtype, threads, batch] = process.argv.slice(2);
const model = await loadModel(smollm2(dtype as WeightType), { threads: Number(threads) });
const prompt = tokenizePrompt(PROMPT, model.tokenizer, true);
const table = await model.embeddings(false);
const embeddingOf = (word: string) => {
  const [token, ...more] = model.tokenizer.encode(` ${word}`);
  if (more.length > 0) throw new Error(`"${word}" is no single token`);
  return table.embedding(token!);
};

async function tree(nodes: number): Promise<TreeAnswer> {
  let rows = 0;
  const { language } = model;
  const counted = {
    vocabularySize: language.vocabularySize,
    contextLength: language.contextLength,
    hiddenSize: language.hiddenSize,
    createStore: () => language.createStore(),
    forward(...[asked, store]: Parameters<typeof language.forward>) {
      rows += asked.rows.length;
      return language.forward(asked, store);
    },
    residual: (...asked: Parameters<typeof language.residual>) => language.residual(...asked),
  };
  const options = { top: 5, cutoff: 1e-8, depth: 25, nodes, outOfTime: () => false, batch: Number(batch) };
  const started = performance.now();
  const before = process.cpuUsage();
  // Keys and values go back to the store that this very model made.
  const grown = await growTree(counted as never, prompt, embeddingOf(WORD), options);
  const { user, system } = process.cpuUsage(before);
  return {
    nodes: grown.nodes,
    rows,
    seconds: (performance.now() - started) / 1000,
    processor: (user + system) / 1e6,
    memory: process.resourceUsage().maxRSS * 1024,
  };
}

async function definitions(width: number, longest: number): Promise<DefinitionsAnswer> {
  const ghosts = WORDS.map(embeddingOf);
  const options = { width, longest };
  const first = await leadingDefinitions(model.language, model.tokenizer, prompt, ghosts, options);
  return {
    distributions: first.distributions,
    definitions: first.definitions.map((list) => list.map(({ text }) => text)),
  };
}

process.on('message', async (question: WayQuestion) => {
  const answer =
    question.ask === 'tree'
      ? await tree(question.nodes)
      : await definitions(question.width, question.longest);
  process.send!(answer);
});
process.on('disconnect', () => process.exit());
process.send!('ready');
