import {
  classWords,
  formatMoment,
  formatPercentile,
  shortToken,
  VERDICT_NAMES,
} from '../../renderers/kind/words.js';
import type { FeatureReport } from '../../src/core/index.js';
import { formatProbability } from '../../src/text/numbers.js';

/** What kind of feature it is, as a line of text, or the command that tells. */
export function kindText({ kind, sae }: Pick<FeatureReport, 'kind' | 'sae'>): string {
  if (!kind)
    return `Kind: the features of layer ${sae.layer} were not measured yet; kind ${sae.layer} ${sae.feature} does it, once`;
  const { skewness, kurtosis, firing } = kind;
  const moments = [
    `skewness ${formatMoment(skewness.value)} (${formatPercentile(skewness.percentile)})`,
    `kurtosis ${formatMoment(kurtosis.value)} (${formatPercentile(kurtosis.percentile)})`,
  ];
  const most =
    firing.token && firing.share
      ? [
          `${formatProbability(firing.share.value)} of its activation on ${shortToken(firing.token.token)} (${formatPercentile(firing.share.percentile)})`,
        ]
      : [];
  return `Kind: ${[...classWords(kind.class), VERDICT_NAMES[firing.verdict], ...most, ...moments].join(', ')}`;
}
