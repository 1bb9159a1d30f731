import { activationUnit } from '../../src/core/features/activation/unit.js';
import { makeGhost } from '../../src/core/features/ghost/ghost.js';
import { inputPlace } from '../../src/core/features/ghost/place.js';
import { tokenizePrompt } from '../../src/core/model/prompt.js';
import type { openEvaluatedModel } from '../evaluatedModel.js';
import { readSnippets } from '../measures/snippets.js';
import { chosen } from '../measures/treeMeasures.js';

/** Features per layer. */
const FEATURES = 40;

/** A row per layer: the unit that is measured where no corpus ships, against the corpus' largest activation. */
export async function unitRows({
  model,
  defaults,
}: Awaited<ReturnType<typeof openEvaluatedModel>>): Promise<string[]> {
  const prompt = tokenizePrompt(defaults.prompt, model.tokenizer, true);
  const embeddings = await model.embeddings(false);
  const rows: string[] = [];
  for (const [hook, snippets] of readSnippets()) {
    const layer = Number(hook.split('.')[1]);
    const source = { ...(await model.features(layer)), knownMaximum: async () => undefined };
    const ratios: number[] = [];
    let texts = 0;
    for (const { feature, max } of chosen(snippets, 'held-out', FEATURES)) {
      const vector = await source.vector(feature, 'encoder');
      const { ghost } = await makeGhost(vector, inputPlace(embeddings), { scale: 1, centroid: true, pca: 0 });
      const { unit, from } = await activationUnit(
        model,
        source,
        feature,
        { prompt, ghost, speaker: model.language },
        async () => {},
      );
      ratios.push(unit / max);
      if (from === 'texts') texts++;
    }
    ratios.sort((a, b) => a - b);
    const quartiles = [0.25, 0.5, 0.75].map((share) => ratios[Math.floor(share * ratios.length)]!.toFixed(2));
    rows.push(`| ${[`layer ${layer}`, texts, ratios.length - texts, ...quartiles].join(' | ')} |`);
  }
  return rows;
}
