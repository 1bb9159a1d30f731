import { gaussian } from '../../maths/random.js';
import type { FeatureSource } from '../../model/model.js';
import type { LogitLens } from '../../model/ports.js';
import { centreWeights } from '../list/lens.js';
import type { TokenSet } from '../list/tokenSets.js';
import { type LensVocabulary, taken } from '../list/vocabulary.js';
import { scoresOf } from './enrichment.js';

/** Directions that are drawn; of their scores the largest but one is the 95th percentile. */
const DIRECTIONS = 20;
/** Features that each is mixed from. */
const MIXED = 256;
const SEED = 1;

/**
 * What sets of tokens score with directions that mean nothing: mixtures of the SAE's own decoder vectors, so that they
 * lie in the stream as its features do. A large share of all directions has sets that stand further together than
 * random sets of tokens do, since tokens that are written alike have embeddings alike.
 *
 * @returns of each set the size of the score that 95 % of the directions do not exceed
 */
export async function randomScores(
  lens: LogitLens,
  source: Pick<FeatureSource, 'features' | 'inputSize' | 'vectors'>,
  { ids }: Pick<LensVocabulary, 'ids'>,
  sets: readonly TokenSet[],
): Promise<number[]> {
  const { inputSize } = source;
  const count = Math.min(MIXED, source.features);
  const vectors = await source.vectors(0, count, 'decoder');
  const normal = gaussian(SEED);
  const directions = new Float32Array(DIRECTIONS * inputSize);
  for (let direction = 0; direction < DIRECTIONS; direction++)
    for (let feature = 0; feature < count; feature++) {
      const share = normal();
      for (let i = 0; i < inputSize; i++)
        directions[direction * inputSize + i]! += share * vectors[feature * inputSize + i]!;
    }
  const logits = await lens.logits(directions);
  const width = logits.length / DIRECTIONS;
  const sizes = sets.map((): number[] => []);
  for (let direction = 0; direction < DIRECTIONS; direction++) {
    const weights = taken(logits, ids, direction * width);
    centreWeights(weights);
    scoresOf(weights, sets).scores.forEach((score, set) => {
      sizes[set]!.push(Math.abs(score));
    });
  }
  return sizes.map((ofSet) => ofSet.sort((a, b) => a - b).at(-2)!);
}
