import { readConfiguration } from '../../src/configuration/index.js';
import { makeGhost } from '../../src/core/features/ghost/ghost.js';
import { inputPlace } from '../../src/core/features/ghost/place.js';
import { listHybrid } from '../../src/core/features/hybrid/list.js';
import { tokenizePrompt } from '../../src/core/model/prompt.js';
import { loadModel } from '../../src/core/runtime/opened/index.js';
import { best } from '../best.js';
import { GLOSS, SAE_LAYER } from '../generated/sources.js';
import type { BenchRow } from '../row.js';

const RUNS = 5;
const FEATURE = 777;

/** `list=hybrid` on the embedded model: the list itself, and what is prepared for a layer once. */
export async function benchHybridList(threads: number): Promise<BenchRow[]> {
  const { prompt, close, m, tokens } = readConfiguration().settings.defaults;
  const model = await loadModel(GLOSS, { threads });
  const source = await model.features(SAE_LAYER);
  const table = await model.embeddings(source.centered);
  const vector = await source.vector(FEATURE, 'encoder');
  const { ghost } = await makeGhost(vector, inputPlace(table), { scale: 1, centroid: true, pca: 0 });
  const preparing = performance.now();
  const firings = await model.firings(source, { listMilliseconds: 600_000 }, () => {});
  const prepared = performance.now() - preparing;
  const contexts = await source.knownExamples(FEATURE);
  const asked = tokenizePrompt(prompt, model.tokenizer, close);
  const question = { ghost, m, tokens, firings, contexts, prompt: asked };
  const never = () => false;
  const value = await best(RUNS, () => listHybrid(model, source, FEATURE, question, never, () => {}));
  await model.close();
  return [
    { name: 'list=hybrid on gloss-12l', value, unit: 'ms', goal: '<= 2000' },
    {
      name: "list=hybrid on gloss-12l: reading the model's own texts, once for each SAE",
      value: prepared,
      unit: 'ms',
    },
  ];
}
