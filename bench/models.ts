import { coreSettings, readConfiguration } from '../src/configuration/index.js';
import { gemma2bShape, gpt2SmallShape, SAE_LAYER } from './generated/sources.js';
import type { BenchRow } from './row.js';
import { benchAnswers } from './speed/answers.js';
import { benchTree } from './speed/tree.js';
import { writeResults } from './table.js';

/**
 * `npm run bench:models`: full-size checkpoints with random weights, from preparing to the warm answer. Keeps the
 * table in bench/models-results.md, and the checkpoints in out/.
 */
const { settings } = readConfiguration();
const { threads, batch } = coreSettings(settings);
const common = { layer: SAE_LAYER, nodes: 500, threads, batch };
const rows: BenchRow[] = await benchAnswers({
  ...common,
  name: 'GPT-2-small shape, float32',
  source: await gpt2SmallShape(),
  goals: { memory: '<= 1.2', share: '<= 1.3', cold: '<= 5', warm: '<= 6' },
});
const gemma = await gemma2bShape();
for (const dtype of ['q8', 'q4'] as const) {
  const name = `Gemma-2B shape, ${dtype}`;
  const source = { ...gemma, dtype };
  const goals = dtype === 'q8' ? { memory: '<= 8', share: '<= 1.3', cold: '<= 60' } : {};
  rows.push(...(await benchAnswers({ ...common, name, source, goals })));
  const ratio = dtype === 'q8' ? { ratio: '>= 10' } : {};
  rows.push(...(await benchTree({ name, source, nodes: 500, batch, threads, goals: ratio })));
}
await writeResults('bench/models-results.md', 'npm run bench:models', rows, { threads, batch });
