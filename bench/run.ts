import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { coreSettings, readConfiguration } from '../src/config.js';
import { GPT2_SMALL, randomCheckpoint } from './checkpoint.js';
import { benchDraw } from './draw.js';
import { benchEncoderColumn } from './encoderColumn.js';
import type { BenchRow } from './row.js';
import { benchTokenList } from './tokenList.js';
import { benchTree } from './tree.js';

/**
 * `npm run bench`: every speed as a ratio against a named peer in the same run. Prints a table and keeps it in
 * bench/results.md. The generated GPT-2-small-shaped checkpoint (500 MB) stays in out/.
 */
const { settings } = readConfiguration();
const { threads, batch } = coreSettings(settings);
const small = 'out/bench/gpt2-small-shape';
await randomCheckpoint(small, GPT2_SMALL);

const rows: BenchRow[] = [
  ...(await benchTree({
    name: 'GPT-2-small shape',
    folder: small,
    nodes: 1000,
    batch,
    threads,
    goals: { ratio: '>= 15', peak: '>= 0.6' },
  })),
  ...(await benchTree({
    name: 'gloss-12l',
    folder: 'models/gloss-12l',
    nodes: 5000,
    batch,
    threads,
    goals: {},
  })),
  ...(await benchTokenList(small, threads)),
  ...(await benchEncoderColumn('out/bench/sae-gemma-2b-shape')),
  ...(await benchDraw()),
];

const table = [
  '| what | measured | goal |',
  '| --- | ---: | --- |',
  ...rows.map(({ name, value, unit, goal }) =>
    `| ${name} | ${significant(value)} ${unit}`.trimEnd().concat(` | ${goal ?? ''} |`),
  ),
].join('\n');
const machine = `${cpus().length} cores (${cpus()[0]?.model.trim()}), Node ${process.version}, ${threads} inference thread(s), batches of ${batch}`;
const text = `# Bench\n\nWritten by \`npm run bench\` on ${machine}.\n\n${table}\n`;
process.stdout.write(text);
await writeFile('bench/results.md', text);

function significant(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
