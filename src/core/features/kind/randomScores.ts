import type { FeatureSource } from '../../model/model.js';
import type { LogitLens } from '../../model/ports.js';
import { centreWeights } from '../list/lens.js';
import { meaninglessDirections } from '../list/lensTokens.js';
import type { TokenSet } from '../list/tokenSets.js';
import { type LensVocabulary, taken } from '../list/vocabulary.js';
import { scoresOf } from './enrichment.js';

/**
 * What sets of tokens score with directions that mean nothing (`meaninglessDirections`). A large share of all directions has sets that stand further together than
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
  const directions = await meaninglessDirections(source);
  const count = directions.length / source.inputSize;
  const logits = await lens.logits(directions);
  const width = logits.length / count;
  const sizes = sets.map((): number[] => []);
  for (let direction = 0; direction < count; direction++) {
    const weights = taken(logits, ids, direction * width);
    centreWeights(weights);
    scoresOf(weights, sets).scores.forEach((score, set) => {
      sizes[set]!.push(Math.abs(score));
    });
  }
  return sizes.map((ofSet) => ofSet.sort((a, b) => a - b).at(-2)!);
}
