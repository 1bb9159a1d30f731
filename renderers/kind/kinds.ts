/** The picture of an answer to `/kind` about a layer. */
import type { KindsReport } from '../../src/core/report/kinds.js';
import { formatCount } from '../numbers.js';
import { THEMES } from '../theme.js';
import { type KindPicture, keyOfColumn, paintColumn } from './column.js';
import { groupsPanel } from './groups.js';
import { headPanel } from './header.js';
import type { Pen } from './parts.js';
import { scatterPanel } from './scatter.js';
import { GROUP_NAMES } from './words.js';

/** Features of a group that the alt text names. */
const NAMED = 3;

/**
 * @param options.theme default: the report's
 * @throws Error when canvas or the shipped fonts cannot be loaded
 */
export async function drawKinds(
  report: KindsReport,
  options: { theme?: 'dark' | 'light' } = {},
): Promise<KindPicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const head = (pen: Pen, width: number) =>
    headPanel(
      {
        title: `layer ${report.sae.layer} · kinds of features`,
        verdict: report.classes.map(({ name, count }) => `${formatCount(count)} ${name}`).join(' · '),
        isPlain: false,
        model: report.model,
        sae: report.sae,
      },
      pen,
      width,
    );
  const panels = [scatterPanel, groupsPanel].map(
    (make) => (pen: Pen, width: number) => make(report, pen, width),
  );
  const key = (pen: Pen, width: number) => keyOfColumn(keyOf(report), pen, width);
  return { ...(await paintColumn([head, ...panels, key], theme)), alt: kindsAltText(report) };
}

function keyOf({ sae, texts, unknown, points }: KindsReport): string[] {
  const drawn =
    points.length < sae.features ? `${formatCount(points.length)} of ${formatCount(sae.features)}` : 'all';
  return [
    `Skewness and kurtosis of the logit lens weights over the vocabulary, ${drawn} features of the layer.`,
    'Dashed: 5th and 95th percentile of the skewness, 95th of the kurtosis.',
    `Token, context: the share of the activation on one token, in the 10 of ${formatCount(texts)} texts, which the model wrote, that activate a feature most; ${formatCount(unknown)} features are too rare in them.`,
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
