import type { FeatureSource, ListTruth, RunningModel } from '../../model/model.js';
import { makeGhost } from '../ghost/ghost.js';
import { inputPlace } from '../ghost/place.js';
import { extremeTokens } from '../list/lens.js';
import { listTokens } from '../list/near.js';
import { type CalibrationFeature, heldOutWords } from './features.js';
import { shareBeaten, wordScores } from './judge.js';

/** What of a list is judged. */
const TOKENS = 10;
/** The exponent of the default list. */
const M = 1.4;

/** What the token lists of a hook point are worth, each by the mean share of the other features that a feature beats. */
export interface ListsTruth {
  /** Tokens whose embeddings are near the vector. */
  near: ListTruth;
  /** Tokens that the decoder promotes, by the logit lens. */
  promoted: ListTruth;
}

/**
 * Judges token lists as definitions are judged: after the first tokens of a list, as if they were the definition of a
 * word, the words at which the feature fires must be more probable than those at which others fire.
 *
 * @param onShare awaited after every batch with the share that is done; throwing stops the work
 */
export async function judgeLists(
  model: RunningModel,
  source: FeatureSource,
  features: readonly CalibrationFeature[],
  weights: 'encoder' | 'decoder',
  onShare: (share: number) => Promise<void>,
): Promise<ListsTruth> {
  const table = await model.embeddings(source.centered);
  const place = inputPlace(table);
  const near: string[] = [];
  const promoted: string[] = [];
  for (const { feature } of features) {
    const vector = await source.vector(feature, weights);
    const { ghost } = await makeGhost(vector, place, { scale: 1, centroid: true, pca: 0 });
    const listed = await listTokens(ghost, table, model.tokenizer, M, TOKENS);
    near.push(listed.map(({ token }) => token).join(' '));
    const lens = await model.lens.logits(await source.vector(feature, 'decoder'));
    promoted.push(
      extremeTokens(lens, TOKENS)
        .promoted.map((token) => model.tokenizer.text(token))
        .join(' '),
    );
  }
  const words = features.map(({ examples }) => heldOutWords(examples));
  const scores = await wordScores(model, [...near, ...promoted], words, onShare);
  return {
    near: truthOf(scores.slice(0, near.length)),
    promoted: truthOf(scores.slice(near.length)),
  };
}

/** The mean with its standard error. */
function truthOf(scores: readonly (readonly number[])[]): ListTruth {
  const shares = shareBeaten(scores);
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const variance =
    shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / Math.max(1, shares.length - 1);
  return { share: mean, error: Math.sqrt(variance / shares.length) };
}
