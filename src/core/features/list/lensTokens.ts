import { gaussian } from '../../maths/random.js';
import type { FeatureSource, RunningModel } from '../../model/model.js';
import type { LensToken, LensTokens } from '../../report/kind.js';
import { centreWeights, extremeTokens } from './lens.js';
import { lensVocabulary, taken } from './vocabulary.js';

/** Directions that are drawn; of their ends the largest but one is the 95th percentile. */
const DIRECTIONS = 20;
/** Features that each is mixed from. */
const MIXED = 256;
const SEED = 1;

/** What is asked of a model. */
type LensModel = Pick<RunningModel, 'lens' | 'tokenizer' | 'embeddings'>;
type LensSource = Pick<FeatureSource, 'centered' | 'features' | 'inputSize' | 'vector' | 'vectors'>;

/** The ends of a feature's logit lens (list/lens.ts), its decoder vector's. @param count of each */
export async function lensTokens(
  { lens, tokenizer, embeddings }: LensModel,
  source: Pick<LensSource, 'centered' | 'vector'>,
  feature: number,
  count: number,
): Promise<Pick<LensTokens, 'promoted' | 'suppressed' | 'standardDeviation'>> {
  const { ids } = await lensVocabulary(tokenizer, await embeddings(source.centered));
  const weights = taken(await lens.logits(await source.vector(feature, 'decoder')), ids);
  const { standardDeviation } = centreWeights(weights);
  const { promoted, suppressed } = extremeTokens(weights, count);
  const named = (index: number): LensToken => ({
    tokenId: ids[index]!,
    token: tokenizer.text(ids[index]!),
    weight: weights[index]!,
  });
  return { promoted: promoted.map(named), suppressed: suppressed.map(named), standardDeviation };
}

/** Drawn once for an SAE. */
const drawn = new WeakMap<LensSource, Promise<LensTokens['random']>>();

/**
 * How far the ends of the logit lens lie from its mean for directions that mean nothing (`meaninglessDirections`).
 *
 * @returns in standard deviations, what 95 % of the directions do not exceed
 */
export function randomEnds(model: LensModel, source: LensSource): Promise<LensTokens['random']> {
  let ends = drawn.get(source);
  if (!ends) {
    ends = measureEnds(model, source);
    // A failure is not remembered.
    ends.catch(() => drawn.delete(source));
    drawn.set(source, ends);
  }
  return ends;
}

async function measureEnds(
  { lens, tokenizer, embeddings }: LensModel,
  source: LensSource,
): Promise<LensTokens['random']> {
  const { ids } = await lensVocabulary(tokenizer, await embeddings(source.centered));
  const logits = await lens.logits(await meaninglessDirections(source));
  const width = logits.length / DIRECTIONS;
  const largest: number[] = [];
  const smallest: number[] = [];
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const weights = taken(logits, ids, direction * width);
    const { standardDeviation } = centreWeights(weights);
    const { promoted, suppressed } = extremeTokens(weights, 1);
    largest.push(weights[promoted[0]!]! / standardDeviation);
    smallest.push(-weights[suppressed[0]!]! / standardDeviation);
  }
  const percentile95 = (values: number[]) => values.sort((a, b) => a - b).at(-2)!;
  return { promoted: percentile95(largest), suppressed: percentile95(smallest) };
}

/**
 * Directions that mean nothing: mixtures of the SAE's own decoder vectors, so that they lie in the stream as its
 * features do.
 *
 * @returns [DIRECTIONS, inputSize]
 */
export async function meaninglessDirections({
  features,
  inputSize,
  vectors: read,
}: Pick<LensSource, 'features' | 'inputSize' | 'vectors'>): Promise<Float32Array> {
  const count = Math.min(MIXED, features);
  const vectors = await read(0, count, 'decoder');
  const normal = gaussian(SEED);
  const directions = new Float32Array(DIRECTIONS * inputSize);
  for (let direction = 0; direction < DIRECTIONS; direction++)
    for (let feature = 0; feature < count; feature++) {
      const share = normal();
      for (let i = 0; i < inputSize; i++)
        directions[direction * inputSize + i]! += share * vectors[feature * inputSize + i]!;
    }
  return directions;
}
