import type { Tokenizer } from '../../model/model.js';
import type { FeatureKind, Firing, KindReport, Measure, Moment, Split } from '../../report/kind.js';
import { classOf } from './class.js';
import { type FeatureMoments, MEASURES, percentile } from './moments.js';
import type { FeatureStatistics } from './statistics.js';
import { type TokenShares, verdictOf } from './tokenShares.js';

/** What kind of feature it is, from what was measured of its whole SAE. */
export function featureKind(all: FeatureStatistics, feature: number, tokenizer: Tokenizer): FeatureKind {
  const measured = measuresOf(all.moments, feature);
  const { skewness, kurtosis } = measured.moments;
  return {
    class: classOf(measured),
    skewness,
    kurtosis,
    firing: firingOf(all.tokens, feature, tokenizer),
  };
}

/** A feature's moments and splits with their percentiles. */
export function measuresOf(all: FeatureMoments, feature: number): Pick<KindReport, 'moments' | 'splits'> {
  const measures = Object.fromEntries(
    MEASURES.map((name): [string, Measure] => {
      const value = all[name][feature]!;
      return [name, { value, percentile: percentile(all[name], value) }];
    }),
  ) as Record<Moment | Split, Measure>;
  const { mean, standardDeviation, skewness, kurtosis, leadingSpace, capitalised } = measures;
  return {
    moments: { mean, standardDeviation, skewness, kurtosis },
    splits: { leadingSpace, capitalised },
  };
}

/** Which token a feature is active on, with the percentile of that token's share. */
export function firingOf(all: TokenShares, feature: number, tokenizer: Tokenizer): Firing {
  const tokenId = all.token[feature]!;
  const share = all.share[feature]!;
  const active = all.active[feature]!;
  const isKnown = tokenId >= 0;
  return {
    verdict: verdictOf(share, active),
    token: isKnown ? { tokenId, token: tokenizer.text(tokenId) } : null,
    share: isKnown ? { value: share, percentile: percentile(all.share, share) } : null,
    active,
    texts: all.texts,
  };
}
