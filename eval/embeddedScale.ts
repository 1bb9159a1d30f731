import { writeFile } from 'node:fs/promises';
import { readBack } from '../src/core/features/activation/readBack.js';
import { makeGhost } from '../src/core/features/ghost/ghost.js';
import { inputPlace } from '../src/core/features/ghost/place.js';
import { BEAM } from '../src/core/features/sweep/scales.js';
import { leadingDefinitions } from '../src/core/features/tree/leadingDefinitions.js';
import { tokenizePrompt } from '../src/core/model/prompt.js';
import { openEmbeddedModel } from './evaluatedModel.js';
import { readSnippets } from './measures/snippets.js';
import { estimate, written } from './measures/statistics.js';

/**
 * `npm run eval:scale`: at which scale ghosts of the embedded model say something that is about their feature: how
 * active the feature is on what its ghost says, read as plain text, as a share of its largest activation in the corpus.
 * A first measure of the input ghost; the table is eval/results/embedded-scale.md.
 */
const SCALES = [1, 4, 10];
const FEATURES = 24;
const WEIGHTS = ['encoder', 'decoder'] as const;

const { model, source, defaults } = await openEmbeddedModel();
const prompt = tokenizePrompt(defaults.prompt, model.tokenizer, defaults.close);
const rows: string[] = [];
for (const layer of Object.keys(source.saes).map(Number)) {
  const features = await model.features(layer);
  const known = readSnippets(source.folder).get(features.hook)!;
  const eligible = known.filter(
    ({ density, examples }) => density > 2e-4 && density < 1e-2 && examples.length === 10,
  );
  // Every nth, from all of them: feature numbers mean nothing.
  const step = eligible.length / FEATURES;
  const sample = Array.from({ length: FEATURES }, (_, i) => eligible[Math.floor(i * step)]!);
  const embeddings = await model.embeddings(features.centered);
  for (const weights of WEIGHTS) {
    const shares = SCALES.map((): number[] => []);
    for (const { feature, max } of sample) {
      const vector = await features.vector(feature, weights);
      const ghosts: Float32Array[] = [];
      for (const scale of SCALES) {
        const options = { scale, centroid: true, pca: 0 };
        ghosts.push((await makeGhost(vector, inputPlace(embeddings), options)).ghost);
      }
      const { definitions } = await leadingDefinitions(model.language, model.tokenizer, prompt, ghosts, BEAM);
      const active = await readBack(model, features, feature, definitions);
      for (const [i, activation] of active.entries()) shares[i]!.push(activation / max);
    }
    for (const [i, scale] of SCALES.entries()) {
      const above = shares[i]!.filter((share) => share > 0.1).length;
      rows.push(
        `| ${layer} | ${weights} | ${scale} × | ${written(estimate(shares[i]!))} | ${above} of ${FEATURES} |`,
      );
      process.stderr.write(`${rows.at(-1)}\n`);
    }
  }
}
await model.close();
const table = [
  '| block | vector | scale | read-back, share of the largest activation | above 0.1 |',
  '|---|---|---|---|---|',
  ...rows,
];
await writeFile(
  'eval/results/embedded-scale.md',
  `The input ghost of the embedded model at several scales, in units of the mean token distance: how active a feature is on the ten leading definitions of its ghost, weighed by their probability. ${FEATURES} features a block, of density 0.02 to 1 % (\`npm run eval:scale\`).\n\n${table.join('\n')}\n`,
);
