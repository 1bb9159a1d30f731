import { readConfiguration } from '../../src/configuration/index.js';
import { readBack } from '../../src/core/features/activation/readBack.js';
import { vectorOf } from '../../src/core/features/activation/vectorOf.js';
import { makeGhost } from '../../src/core/features/ghost/ghost.js';
import { inputPlace } from '../../src/core/features/ghost/place.js';
import { type SweepOptions, sweepScales } from '../../src/core/features/sweep/scales.js';
import { leadingDefinitions } from '../../src/core/features/tree/leadingDefinitions.js';
import type { LeadingDefinition, ScalePoint } from '../../src/core/index.js';
import type { FeatureSource, Tokenizer } from '../../src/core/model/model.js';
import { tokenizePrompt } from '../../src/core/model/prompt.js';
import { loadModel, type OpenModel } from '../../src/core/runtime/opened/index.js';
import { glossConfiguration } from '../../test/support/glossModel.js';
import { Agreement, type Bag, Likelihood, snippetBag } from '../measures/agreement.js';
import { isAlive, readSnippets } from '../measures/snippets.js';
import { type Half, halfOf, sample } from '../measures/split.js';

/** What is known of one feature's vector at every scale of the grid. */
export interface ScaleTruth {
  layer: number;
  feature: number;
  half: Half;
  weights: 'encoder' | 'decoder';
  points: ScalePoint[];
  /** The feature's activation on its strongest definitions, read as plain text; of the held-out half on more of them. */
  oracle: number[];
  wider: number[];
  /** Agreement of these definitions with its snippets, 0..1. */
  agreement: number[];
  /** How much more often what they say stands in its snippets than in all, in nats for each token. */
  likelihood: number[];
}

const SEED = 5;
/** The definitions that count: more than the criterion reads, and longer ones. */
export const ORACLE = { width: 10, longest: 20 };
export const WIDER = { width: 16, longest: 20 };

/** Sweeps a sample of `count` alive features of each layer and half. */
export async function scaleTruths(count: number): Promise<ScaleTruth[]> {
  const { models, settings } = readConfiguration(glossConfiguration());
  const model = await loadModel(models.get('gloss-12l')!, { threads: 2 });
  const truths: ScaleTruth[] = [];
  try {
    for (const [hook, snippets] of readSnippets()) {
      const layer = Number(hook.split('.')[1]);
      const source = await model.features(layer);
      const agreement = new Agreement(snippets);
      const likelihood = new Likelihood(snippets);
      for (const half of ['tuning', 'held-out'] as const) {
        const alive = snippets.filter((entry) => isAlive(entry) && halfOf(entry.feature) === half);
        for (const entry of sample(alive, count, SEED)) {
          for (const weights of ['encoder', 'decoder'] as const) {
            const { centroid, pca, prompt, close } = settings.defaults;
            const options = { weights, centroid, pca, prompt, close };
            const points = await sweepScales(model, source, entry.feature, options);
            const asked = { model, source, feature: entry.feature, options, points };
            const definitions = await definitionsAt(asked, ORACLE);
            const more = half === 'held-out' ? await definitionsAt(asked, WIDER) : [];
            const bags = definitions.map((list) => bagOf(list, model.tokenizer));
            truths.push({
              layer,
              feature: entry.feature,
              half,
              weights,
              points,
              oracle: await readBack(model, source, entry.feature, definitions),
              wider: await readBack(model, source, entry.feature, more),
              agreement: bags.map((bag) => agreement.of(bag, snippetBag(entry))),
              likelihood: bags.map(likelihood.under(entry)),
            });
          }
        }
      }
    }
  } finally {
    await model.close();
  }
  return truths;
}

/** A feature's vector at the scales of the grid. */
interface Asked {
  model: OpenModel;
  source: FeatureSource;
  feature: number;
  options: SweepOptions;
  points: readonly ScalePoint[];
}

/** The strongest definitions of the ghost at each scale. */
async function definitionsAt(
  { model, source, feature, options, points }: Asked,
  beam: { width: number; longest: number },
) {
  const { tokenizer, language, embeddings } = model;
  const prompt = tokenizePrompt(options.prompt, tokenizer, options.close);
  const vector = await vectorOf(model, source, feature, options.weights);
  const table = await embeddings(source.centered);
  const ghosts: Float32Array[] = [];
  for (const { relative } of points)
    ghosts.push((await makeGhost(vector, inputPlace(table), { ...options, scale: relative })).ghost);
  return (await leadingDefinitions(language, tokenizer, prompt, ghosts, beam)).definitions;
}

/** Each token weighed by the probability of its definitions. */
function bagOf(definitions: readonly LeadingDefinition[], tokenizer: Tokenizer): Bag {
  const bag: Bag = new Map();
  for (const { text, probability } of definitions) {
    for (const id of tokenizer.encode(text)) {
      const token = tokenizer.text(id);
      bag.set(token, (bag.get(token) ?? 0) + probability);
    }
  }
  return bag;
}
