import {
  classWords,
  describeFiring,
  formatMoment,
  formatPercentile,
  formatPValue,
  MOMENT_NAMES,
  strongSets,
} from '../../renderers/kind/words.js';
import type { EnrichedSet, KindReport, LensToken, Measure, Moment } from '../../src/core/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { counted, formatLength } from '../../src/text/numbers.js';
import { visibleToken } from '../../src/text/visibleToken.js';
import { attached, type Reply } from '../line/command.js';
import { fileName } from '../parts/fileName.js';
import { parityTexts } from '../parts/parity.js';

const SETS = 5;

/**
 * A report as an answer.
 *
 * @param options of the command line that are not the defaults; follow-up questions repeat them
 * @param pictures caches pictures; undefined where none is wanted
 */
export async function kindReply(
  report: KindReport,
  options: readonly string[],
  pictures: Jobs | undefined,
): Promise<Reply> {
  const { model, sae } = report;
  const name = fileName(`${model.id}-L${sae.layer}-F${sae.feature}-kind`, options.join(' '));
  const picture = await pictures?.picture(
    JSON.stringify([report.schema, model, sae, report.parameters]),
    async () => {
      // canvas takes a moment to load, so it is loaded only when a picture is wanted.
      const { drawKind } = await import('../../renderers/kind/index.js');
      return drawKind(report);
    },
  );
  const tree = (weights: string) => ['feature', sae.layer, sae.feature, ...options, weights].join(' ');
  return {
    title: [
      `${model.id} · layer ${sae.layer} · feature ${sae.feature} · logits`,
      ...classWords(report.class),
    ].join(' · '),
    text: textOf(report),
    ...attached(name, picture, report),
    tokens: [],
    actions: [
      { label: 'Tree', does: { line: tree('weights=encoder') } },
      { label: 'Tree of the decoder', does: { line: tree('weights=decoder') } },
      { label: 'The layer', does: { line: ['kind', sae.layer, ...options].join(' ') } },
      { label: 'JSON', does: { file: 'json' } },
    ],
  };
}

function textOf(report: KindReport): string {
  const { moments, firing, promoted, suppressed, sae } = report;
  const moment = (name: Moment) => {
    const { value, percentile }: Measure = moments[name];
    const unit = name === 'mean' || name === 'standardDeviation' ? ' logits per unit of activation' : '';
    return `${MOMENT_NAMES[name]} ${formatMoment(value)}${unit} (${formatPercentile(percentile)})`;
  };
  return [
    `Promotes: ${listed(promoted)}`,
    `Suppresses: ${listed(suppressed)}`,
    '',
    setLine(report.sets),
    describeFiring(firing),
    `Weights over the vocabulary: ${(['skewness', 'kurtosis', 'standardDeviation', 'mean'] as const).map(moment).join(', ')}`,
    `Percentiles are among the ${counted(sae.features, 'feature')} of ${sae.hook}.`,
    ...parityTexts(sae.parity),
  ].join('\n');
}

function listed(tokens: readonly LensToken[]): string {
  return tokens
    .map(({ token, weight }) => `${visibleToken(token)} (${weight > 0 ? '+' : ''}${formatLength(weight)})`)
    .join('  ');
}

function setLine(sets: readonly EnrichedSet[]): string {
  const strong = strongSets(sets, SETS);
  if (strong.length === 0)
    return 'No set of tokens is enriched (q < 0.05, and more than with random directions).';
  const described = strong.map(
    ({ name, score, q }) =>
      `${name} ${score > 0 ? 'promoted' : 'suppressed'} (score ${formatMoment(score)}, q ${formatPValue(q)})`,
  );
  return `Enriched sets: ${described.join(', ')}`;
}
