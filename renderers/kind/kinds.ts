/** The picture of an answer to `/kind` about a whole layer. */
import type { KindsReport } from '../../src/core/report/kinds.js';
import { counted, formatCount } from '../../src/text/numbers.js';
import { COLUMN, type ColumnPicture, columnPen, paintColumn } from '../canvas/column.js';
import { keyPanel } from '../panels/key.js';
import { THEMES, type ThemeName } from '../sheet/theme.js';
import { groupsPanel } from './groups.js';
import { headPanel } from './header.js';
import { KIND_LOOK } from './look.js';
import { scatterPanel } from './scatter.js';
import { GROUP_NAMES } from './words.js';

/** Features of a group that the alt text names. */
const NAMED = 3;

/**
 * @param options.theme default: the report's
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawKinds(
  report: KindsReport,
  options: { theme?: ThemeName } = {},
): Promise<ColumnPicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const pen = await columnPen(theme);
  const { width } = COLUMN;
  const head = {
    title: `layer ${report.sae.layer} · kinds of features`,
    verdict: report.classes.map(({ name, count }) => `${formatCount(count)} ${name}`).join(' · '),
    isPlain: false,
    command: 'logits',
    model: report.model,
    sae: report.sae,
  };
  const panels = [
    headPanel(head, pen, width),
    scatterPanel(report, pen, width),
    groupsPanel(report, pen, width),
    keyPanel(keyOf(report), pen, width, KIND_LOOK.key, KIND_LOOK.lines),
  ];
  return { ...(await paintColumn(panels, KIND_LOOK.gap, theme)), alt: kindsAltText(report) };
}

function keyOf({ sae, texts, unknown, points }: KindsReport): string[] {
  const drawn =
    points.length < sae.features ? `${formatCount(points.length)} of ${formatCount(sae.features)}` : 'all';
  return [
    `Skewness and kurtosis of the logit lens weights over the vocabulary, ${drawn} features of the layer.`,
    'Dashed: 5th and 95th percentile of the skewness, 95th of the kurtosis.',
    `Token, context: the share of the activation on one token, in the 10 of ${counted(texts, 'text')}, which the model wrote, that activate a feature most; ${counted(unknown, 'feature is', 'features are')} too rare in them.`,
  ];
}

/** The picture in words, for screen readers and for chats that cannot show it. */
export function kindsAltText({ model, sae, classes, firing }: KindsReport): string {
  const listed = [...classes, ...firing].map(({ name, count, features }) => {
    const names = features.slice(0, NAMED).map(({ feature }) => `F${feature}`);
    const which =
      names.length === 0 ? '' : count === 0 ? `, nearest ${names[0]}` : `, first ${names.join(', ')}`;
    return `${GROUP_NAMES[name]}: ${formatCount(count)}${which}.`;
  });
  return `Skewness against kurtosis of the features of ${model.id}, layer ${sae.layer}. ${listed.join(' ')}`;
}
