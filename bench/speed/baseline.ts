import { readConfiguration } from '../../src/configuration/index.js';
import { measureBaseline, SAMPLE, sampleGhosts } from '../../src/core/features/tree/baseline.js';
import { growTree } from '../../src/core/features/tree/tree.js';
import { tokenizePrompt } from '../../src/core/model/prompt.js';
import { loadModel } from '../../src/core/runtime/opened/index.js';
import { best } from '../best.js';
import { GLOSS } from '../generated/sources.js';
import type { BenchRow } from '../row.js';

const RUNS = 3;

/** What every ghost says, measured once for each prompt: all ghosts together against one tree after the other. */
export async function benchBaseline(threads: number, batch: number): Promise<BenchRow[]> {
  const { prompt, close } = readConfiguration().settings.defaults;
  const model = await loadModel(GLOSS, { threads });
  const question = { prompt, close, centered: false, at: 'input', radius: 1, hook: '' } as const;
  const { centroid, meanDistance } = await model.embeddings(false);
  const ghosts = sampleGhosts(centroid, meanDistance);
  const tokens = tokenizePrompt(prompt, model.tokenizer, close);
  const { top, depth, followed: cutoff } = SAMPLE;
  const one = { top, depth, cutoff, nodes: Number.MAX_SAFE_INTEGER, batch, outOfTime: () => false };
  const together = await best(RUNS, () => measureBaseline(model, question, { batch }, () => {}));
  const apart = await best(RUNS, async () => {
    for (const ghost of ghosts) await growTree(model.language, tokens, ghost, one);
  });
  await model.close();
  const name = `what ${ghosts.length} ghosts of gloss-12l say`;
  return [
    { name, value: together, unit: 'ms' },
    { name: `${name}: one tree after the other`, value: apart, unit: 'ms' },
    { name: `${name}: ratio`, value: apart / together, unit: 'x' },
  ];
}
