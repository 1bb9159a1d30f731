import { listTokens } from '../../src/core/features/list/near.js';
import { gaussian } from '../../src/core/maths/random.js';
import { loadModel } from '../../src/core/runtime/opened/index.js';
import { Checkpoint } from '../../src/core/weights/files/checkpoint.js';
import { readElements } from '../../src/core/weights/files/safetensors.js';
import type { ModelSource } from '../../src/core/weights/files/source.js';
import { best } from '../best.js';
import { GPT2_SMALL } from '../generated/shapes.js';
import type { BenchRow } from '../row.js';

const RUNS = 10;
const M = 1.4;
const COUNT = 100;

/** The token list over the embeddings of a GPT-2-small-shaped checkpoint, against a plain loop over them. */
export async function benchTokenList(source: ModelSource, threads: number): Promise<BenchRow[]> {
  const { vocab_size: vocabulary, n_embd: width } = GPT2_SMALL;
  const model = await loadModel(source, { threads });
  const embeddings = await model.embeddings(false);
  const checkpoint = await Checkpoint.open(source.folder);
  const table = await readElements(checkpoint.tensor('wte.weight', [vocabulary, width]));
  const tokenizer = { bos: 0, encode: () => [], text: String };
  const random = gaussian(4);
  const ghost = Float32Array.from({ length: width }, random);

  const ours = await best(RUNS, () => listTokens(ghost, embeddings, tokenizer, M, COUNT));
  const plain = await best(RUNS, async () => plainList(table, ghost, embeddings.centroid));
  await model.close();
  const name = `token list over ${vocabulary} x ${width}`;
  return [
    { name, value: ours, unit: 'ms' },
    { name: `${name}: plain loop`, value: plain, unit: 'ms' },
    { name: `${name}: ratio`, value: plain / ours, unit: 'x', goal: '>= 3' },
  ];
}

/** What one would write first: both cosines of each token in one loop over the table, then a sort. */
function plainList(table: Float32Array, ghost: Float32Array, centroid: Float32Array): number[] {
  const width = ghost.length;
  const size = table.length / width;
  const ghostNorm = Math.hypot(...ghost);
  const centroidNorm = Math.hypot(...centroid);
  const scores = new Float64Array(size);
  for (let token = 0; token < size; token++) {
    let toGhost = 0;
    let toCentroid = 0;
    let squares = 0;
    for (let i = 0; i < width; i++) {
      const value = table[token * width + i]!;
      toGhost += value * ghost[i]!;
      toCentroid += value * centroid[i]!;
      squares += value * value;
    }
    const norm = Math.sqrt(squares);
    scores[token] = (1 - toGhost / (norm * ghostNorm)) ** M / (1 - toCentroid / (norm * centroidNorm));
  }
  return [...scores.keys()].sort((a, b) => scores[a]! - scores[b]!).slice(0, COUNT);
}
