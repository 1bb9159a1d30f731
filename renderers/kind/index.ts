/** The picture of an answer to `/kind`. */
import type { KindReport } from '../../src/core/report/kind.js';
import { counted } from '../../src/text/numbers.js';
import { shorten } from '../../src/text/shorten.js';
import { visibleToken } from '../../src/text/visibleToken.js';
import { COLUMN, type ColumnPicture, columnPen, paintColumn } from '../canvas/column.js';
import { keyPanel } from '../panels/key.js';
import { THEMES, type ThemeName } from '../sheet/theme.js';
import { momentsPanel, titlePanel } from './header.js';
import { histogramPanel, stripColours, stripKey } from './histogram.js';
import { KIND_LOOK } from './look.js';
import { endsPanel } from './tokens.js';
import { classWords, describeFiring, formatMoment, formatPercentile, strongSets } from './words.js';

/**
 * @param options.theme default: the report's
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawKind(
  report: KindReport,
  options: { theme?: ThemeName } = {},
): Promise<ColumnPicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const pen = await columnPen(theme);
  const panels = [titlePanel, endsPanel, histogramPanel, momentsPanel].map((make) =>
    make(report, pen, COLUMN.width),
  );
  const key = keyPanel(keyOf(report), pen, COLUMN.width, KIND_LOOK.key, KIND_LOOK.lines);
  const drawn = await paintColumn([...panels, key], KIND_LOOK.gap, theme, stripColours(theme));
  return { ...drawn, alt: kindAltText(report) };
}

/** What the picture shows, so that it explains itself wherever it is pasted. */
function keyOf(report: KindReport): string[] {
  const { vocabulary, firing, sae } = report;
  const unseen = vocabulary.tokens - vocabulary.trained;
  return [
    'Weights of all tokens in the logit lens of the decoder vector, centred: logits per unit of activation.',
    `Percentiles: among the ${counted(sae.features, 'feature')} of this SAE.`,
    `Fires: the token with most of the activation in the 10 of ${counted(firing.texts, 'text')}, which the model wrote, that activate the feature most, and its share.`,
    ...(unseen > 0 ? [`Without the ${counted(unseen, 'token')} that training never saw.`] : []),
    stripKey(report),
  ];
}

/** The picture in words, for screen readers and for chats that cannot show it. */
export function kindAltText(report: KindReport): string {
  const { model, sae, moments, promoted, suppressed, sets } = report;
  const { skewness, kurtosis } = moments;
  const listed = (tokens: KindReport['promoted']) =>
    tokens.map(({ token }) => shorten(visibleToken(token), 40)).join(', ');
  const strong = strongSets(sets, 3).map(
    ({ name, score }) => `${name} ${score > 0 ? 'promoted' : 'suppressed'}`,
  );
  return [
    `${[`Histogram of the logit lens weights of ${model.id}, layer ${sae.layer}, feature ${sae.feature}`, ...classWords(report.class)].join(': ')}.`,
    `Promotes: ${listed(promoted)}. Suppresses: ${listed(suppressed)}.`,
    `${describeFiring(report.firing)}.`,
    strong.length > 0 ? `Enriched: ${strong.join(', ')}.` : 'No set of tokens is enriched.',
    `Skewness ${formatMoment(skewness.value)} (${formatPercentile(skewness.percentile)}), kurtosis ${formatMoment(kurtosis.value)} (${formatPercentile(kurtosis.percentile)}).`,
  ].join(' ');
}
