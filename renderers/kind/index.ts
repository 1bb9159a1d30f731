/** The picture of an answer to `/kind`. */
import type { KindReport } from '../../src/core/report/kind.js';
import { canvasRuler } from '../canvas/ruler.js';
import { paintColumn } from '../column.js';
import { formatCount } from '../numbers.js';
import { keyPanel } from '../panels/key.js';
import { visibleToken } from '../text/visibleToken.js';
import { THEMES } from '../theme.js';
import { momentsPanel, titlePanel } from './header.js';
import { histogramPanel, stripColours, stripKey } from './histogram.js';
import type { Pen } from './parts.js';
import { endsPanel } from './tokens.js';
import { CLASS_NAMES, formatMoment, formatPercentile, strongSets } from './words.js';

export interface KindPicture {
  png: Buffer;
  /** Pixels. */
  width: number;
  height: number;
  alt: string;
}

const WIDTH = 1_320; // pixels inside the margins
const GAP = 28;
/** 14 px in a thumbnail 500 px wide. */
const UNIT = 39;
const KEY_SIZE = 17;

/**
 * @param options.theme default: the report's
 * @throws Error when canvas or the shipped fonts cannot be loaded
 */
export async function drawKind(
  report: KindReport,
  options: { theme?: 'dark' | 'light' } = {},
): Promise<KindPicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const pen: Pen = { theme, ruler: await canvasRuler(), unit: UNIT };
  const panels = [titlePanel, momentsPanel, histogramPanel, endsPanel, keyOf].map((make) =>
    make(report, pen, WIDTH),
  );
  return { ...(await paintColumn(panels, GAP, theme, stripColours(theme))), alt: kindAltText(report) };
}

/** What the picture shows. */
function keyOf(report: KindReport, pen: Pen, width: number) {
  const sentences = [
    'Weights of all tokens in the logit lens of the decoder vector, centred: logits per unit of activation.',
    `Percentiles: among the ${report.sae.features} features of this SAE.`,
    ...(report.vocabulary.trained < report.vocabulary.tokens
      ? [
          `Without the ${formatCount(report.vocabulary.tokens - report.vocabulary.trained)} tokens that training never saw.`,
        ]
      : []),
    stripKey(report),
  ];
  return keyPanel(sentences, pen, width, KEY_SIZE, 5);
}

/** The picture in words, for screen readers and for chats that cannot show it. */
export function kindAltText(report: KindReport): string {
  const { model, sae, moments, promoted, suppressed, sets } = report;
  const { skewness, kurtosis } = moments;
  const listed = (tokens: KindReport['promoted']) =>
    tokens.map(({ token }) => [...visibleToken(token)].slice(0, 40).join('')).join(', ');
  const strong = strongSets(sets, 3).map(
    ({ name, score }) => `${name} ${score > 0 ? 'promoted' : 'suppressed'}`,
  );
  return [
    `Histogram of the logit lens weights of ${model.id}, layer ${sae.layer}, feature ${sae.feature}: ${CLASS_NAMES[report.class]}.`,
    `Skewness ${formatMoment(skewness.value)} (${formatPercentile(skewness.percentile)}), kurtosis ${formatMoment(kurtosis.value)} (${formatPercentile(kurtosis.percentile)}).`,
    `Promotes: ${listed(promoted)}. Suppresses: ${listed(suppressed)}.`,
    strong.length > 0 ? `Enriched: ${strong.join(', ')}.` : 'No set of tokens is enriched.',
  ].join(' ');
}
