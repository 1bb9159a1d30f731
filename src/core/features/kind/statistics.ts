import type { FeatureSource, RunningModel } from '../../model/model.js';
import { type FeatureMoments, type MeasuredModel, measureFeatures } from './moments.js';
import { measureTokenShares, type TokenShares } from './tokenShares.js';

/** What is measured of all features of an SAE. */
export interface FeatureStatistics {
  moments: FeatureMoments;
  tokens: TokenShares;
}

/** Shares of the whole work, as they are on the embedded model: the moments, the texts, and reading them. */
const MOMENTS = 0.05;
const WRITING = 0.65;

/**
 * Measures all features of an SAE: what they promote, from weights, and which token they are active on, from the
 * model's own texts.
 *
 * @param writeTexts gives the texts, which serve every SAE of the model
 * @param onShare awaited after every batch with the share of the work that is done; throwing stops it
 */
export async function measureStatistics(
  model: MeasuredModel & Pick<RunningModel, 'language'>,
  source: FeatureSource,
  writeTexts: (onShare: (share: number) => void | Promise<void>) => Promise<number[][]>,
  onShare: (share: number) => void | Promise<void>,
): Promise<FeatureStatistics> {
  const moments = await measureFeatures(model, source, (share) => onShare(share * MOMENTS));
  const texts = await writeTexts((share) => onShare(MOMENTS + share * (WRITING - MOMENTS)));
  const tokens = await measureTokenShares(model, source, texts, (share) =>
    onShare(WRITING + share * (1 - WRITING)),
  );
  await onShare(1);
  return { moments, tokens };
}
