import { coreSettings, readConfiguration } from '../src/configuration/index.js';
import { GPT2_SMALL } from './generated/shapes.js';
import { GLOSS, gpt2SmallShape } from './generated/sources.js';
import type { BenchRow } from './row.js';
import { benchActivate } from './speed/activate.js';
import { benchBaseline } from './speed/baseline.js';
import { benchDraw } from './speed/draw.js';
import { benchEncoderColumn } from './speed/encoderColumn.js';
import { benchHybridList } from './speed/hybridList.js';
import { benchTokenList } from './speed/tokenList.js';
import { benchTree } from './speed/tree.js';
import { writeResults } from './table.js';

/** `npm run bench`: every speed as a ratio against a named peer in the same run; the table is bench/results.md. */
const { settings } = readConfiguration();
const { threads, batch } = coreSettings(settings);
const small = await gpt2SmallShape();

/** Of a GPT-2 with MLPs four times as wide as its residual stream. */
const operationsPerRow = (layers: number, width: number, vocabulary: number) =>
  2 * (layers * 12 * width ** 2 + width * vocabulary);

const rows: BenchRow[] = [
  ...(await benchTree({
    name: 'GPT-2-small shape',
    source: small,
    nodes: 1000,
    batch,
    threads,
    operationsPerRow: operationsPerRow(GPT2_SMALL.n_layer, GPT2_SMALL.n_embd, GPT2_SMALL.vocab_size),
    goals: { ratio: '>= 15', peak: '>= 0.6' },
  })),
  ...(await benchTree({
    name: 'gloss-12l',
    source: GLOSS,
    nodes: 5000,
    batch,
    threads,
    operationsPerRow: operationsPerRow(12, 128, 8192),
    goals: {},
  })),
  ...(await benchBaseline(threads, batch)),
  ...(await benchActivate(threads, batch)),
  ...(await benchTokenList(small, threads)),
  ...(await benchHybridList(threads)),
  ...(await benchEncoderColumn()),
  ...(await benchDraw()),
];
await writeResults('bench/results.md', 'npm run bench', rows, { threads, batch });
