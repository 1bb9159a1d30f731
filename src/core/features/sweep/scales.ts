import { divergence, entropy, jensenShannon, meanRow } from '../../maths/distributions.js';
import { gaussian } from '../../maths/random.js';
import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { EmbeddingTable, LanguageModel } from '../../model/ports.js';
import { tokenizePrompt } from '../../model/prompt.js';
import type { ScaleCriteria, ScalePoint, SweepParameters } from '../../report/sweep.js';
import { readBack } from '../activation/readBack.js';
import { vectorOf } from '../activation/vectorOf.js';
import { makeGhost } from '../ghost/ghost.js';
import { inputPlace } from '../ghost/place.js';
import { ghostRows } from '../ghost/rows.js';
import { leadingDefinitions } from '../tree/leadingDefinitions.js';

/** Scales in units of the mean token distance: 16 from 1/8 to 4, three an octave, so that 1 is one of them. */
export const GRID: readonly number[] = Array.from({ length: 16 }, (_, i) => 2 ** (i / 3 - 3));

/** Ghosts that mean nothing in particular, at every scale of the grid: what a feature's ghost is compared with. */
export const RANDOM_GHOSTS = { perScale: 8, seed: 20_262 } as const;

/** Definitions that are read back at every scale. */
export const BEAM = { width: 10, longest: 16 } as const;

export type SweepOptions = Pick<SweepParameters, 'weights' | 'centroid' | 'pca' | 'prompt' | 'close'>;

/**
 * Measures at every scale of the grid what may tell how well a feature speaks there. docs/methods.md has the formulas.
 * The feature's ghosts of all scales share their batches.
 *
 * @param onStep awaited after every batch with the share of the work that is done; throwing stops it
 * @returns smallest scale first
 * @throws {InputError} when the feature has no direction, or the prompt no ghost
 */
export async function sweepScales(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  options: SweepOptions,
  onStep: (share: number) => Promise<void> = async () => {},
): Promise<ScalePoint[]> {
  const { language } = model;
  const spoken = await speakAtScales(model, source, feature, options, (share) => onStep(share * 0.4));
  const { ids, embeddings, ghosts, distributions, definitions } = spoken;
  const random = await randomFirstTokens(language, ids, embeddings, options, (share) =>
    onStep(0.4 + share * 0.4),
  );
  const activations = await activationsAtGhosts(language, source, feature, ids, ghosts);
  const agreement = neighbours(distributions);
  return spoken.points.map((point, i) => ({
    ...point,
    activation: activations[i]!,
    divergence: divergence(distributions[i]!, random[i]!),
    entropy: entropy(distributions[i]!),
    agreement: agreement[i]!,
    definitions: definitions[i]!,
  }));
}

/** What the feature's ghosts say at every scale of the grid, and how active the feature is on that. */
async function speakAtScales(
  model: RunningModel,
  source: FeatureSource,
  feature: number,
  options: SweepOptions,
  onStep: (share: number) => Promise<void>,
) {
  const { tokenizer, language } = model;
  const prompt = tokenizePrompt(options.prompt, tokenizer, options.close);
  const embeddings = await model.embeddings(source.centered);
  const vector = await vectorOf(model, source, feature, options.weights);
  const ghosts = await ghostsOf(vector, embeddings, options);
  const first = await leadingDefinitions(language, tokenizer, prompt, ghosts, BEAM, onStep);
  const reading = await readBack(model, source, feature, first.definitions);
  const points = GRID.map((relative, i) => ({
    scale: relative * embeddings.meanDistance,
    relative,
    readBack: reading[i]!,
  }));
  return { ids: prompt.ids, embeddings, ghosts, points, ...first };
}

async function ghostsOf(
  vector: Float32Array,
  embeddings: EmbeddingTable,
  options: Pick<SweepOptions, 'centroid' | 'pca'>,
): Promise<Float32Array[]> {
  const ghosts: Float32Array[] = [];
  for (const relative of GRID) {
    ghosts.push((await makeGhost(vector, inputPlace(embeddings), { ...options, scale: relative })).ghost);
  }
  return ghosts;
}

/**
 * The feature's activation at the position of each of several ghosts, in the prompt, at the SAE's hook point. Rows see
 * only what stands before them, so that the text after the ghost is not needed.
 */
export async function activationsAtGhosts(
  language: LanguageModel,
  source: FeatureSource,
  feature: number,
  ids: readonly number[],
  ghosts: readonly Float32Array[],
): Promise<number[]> {
  const { rows, before } = ghostRows(ids.slice(0, ids.findIndex((id) => id < 0) + 1), ghosts.length);
  const residual = await language.residual({ rows, ghosts }, source.hook);
  const activations = await source.encode(residual.subarray(before * source.inputSize), ghosts.length);
  return ghosts.map((_, i) => activations[i * source.features + feature]!);
}

/** For each distribution, 1 less its mean Jensen-Shannon divergence from the one before and the one after. */
export function neighbours(distributions: readonly Float32Array[]): number[] {
  const steps = distributions.slice(1).map((next, i) => jensenShannon(distributions[i]!, next));
  return distributions.map((_, i) => {
    const around = [steps[i - 1], steps[i]].filter((step) => step !== undefined);
    return 1 - around.reduce((sum, step) => sum + step, 0) / Math.max(1, around.length);
  });
}

/** What a model says of random ghosts depends on no feature: kept for the prompt that was asked last. */
const meansOfModels = new WeakMap<LanguageModel, { key: string; means: Float32Array[] }>();

/** Mean distribution of the first token over random directions, at each scale of the grid. */
async function randomFirstTokens(
  language: LanguageModel,
  ids: readonly number[],
  embeddings: EmbeddingTable,
  { centroid, pca }: Pick<SweepOptions, 'centroid' | 'pca'>,
  onStep: (share: number) => Promise<void>,
): Promise<Float32Array[]> {
  const key = JSON.stringify([ids, centroid, pca, embeddings.meanDistance]);
  const cached = meansOfModels.get(language);
  if (cached?.key === key) return cached.means;
  const { perScale, seed } = RANDOM_GHOSTS;
  const normal = gaussian(seed);
  const directions = Array.from({ length: perScale }, () =>
    Float32Array.from({ length: language.hiddenSize }, normal),
  );
  const layout = ghostRows(ids, perScale);
  const means: Float32Array[] = [];
  for (const relative of GRID) {
    const ghosts: Float32Array[] = [];
    for (const direction of directions)
      ghosts.push(
        (await makeGhost(direction, inputPlace(embeddings), { scale: relative, centroid, pca })).ghost,
      );
    const selected = layout.rowsOfGhosts.map((rows) => rows.at(-1)!);
    const batch = { rows: layout.rows, ghosts, shared: [], selected, top: 1 };
    const result = await language.forward(batch, language.createStore());
    means.push(meanRow(await result.distributions(), perScale));
    await onStep(means.length / GRID.length);
  }
  meansOfModels.set(language, { key, means });
  return means;
}

/** Names of the criteria. */
export const CRITERIA = [
  'activation',
  'divergence',
  'entropy',
  'agreement',
  'readBack',
] as const satisfies readonly (keyof ScaleCriteria)[];
