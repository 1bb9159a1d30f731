import { formatMoment, formatPercentile, GROUP_NAMES, shortToken } from '../../renderers/kind/words.js';
import type { KindsReport, RankedFeature } from '../../src/core/index.js';
import type { Jobs } from '../../src/jobs/index.js';
import { counted, formatCount, formatProbability } from '../../src/text/numbers.js';
import { attached, type Reply, type ReplyAction } from '../line/command.js';
import { fileName } from '../parts/fileName.js';
import { parityTexts } from '../parts/parity.js';

/** Features of a group that the text names; the picture and the report have more. */
const LISTED = 3;
/** Buttons for features: a row holds five, and one is for the JSON. */
const BUTTONS = 4;

/**
 * A report on a layer as an answer.
 *
 * @param options of the command line that are not the defaults; follow-up questions repeat them
 * @param pictures caches pictures; undefined where none is wanted
 */
export async function kindsReply(
  report: KindsReport,
  options: readonly string[],
  pictures: Jobs | undefined,
): Promise<Reply> {
  const { model, sae } = report;
  const name = fileName(`${model.id}-L${sae.layer}-kinds`, options.join(' '));
  const picture = await pictures?.picture(
    JSON.stringify([report.schema, model, sae, report.parameters]),
    async () => {
      // canvas takes a moment to load, so it is loaded only when a picture is wanted.
      const { drawKinds } = await import('../../renderers/kind/kinds.js');
      return drawKinds(report);
    },
  );
  return {
    title: `${model.id} · layer ${sae.layer} · kinds of features`,
    text: textOf(report),
    ...attached(name, picture, report),
    tokens: [],
    actions: actions(report, options),
  };
}

function textOf({ classes, firing, unknown, texts, sae }: KindsReport): string {
  const lines = classes.flatMap(({ name, count, features }) => [
    `${GROUP_NAMES[name]}: ${formatCount(count)}${count === 0 ? ', nearest:' : ''}`,
    ...features.slice(0, LISTED).map((feature) => `  ${momentsOf(feature)}`),
  ]);
  const fires = firing.flatMap(({ name, count, features }) => [
    `${GROUP_NAMES[name]}: ${formatCount(count)}`,
    ...features.slice(0, LISTED).map((feature) => `  ${firingOf(feature)}`),
  ]);
  const rare = `${counted(unknown, 'feature is', 'features are')} active in too few of the ${counted(texts, 'text')} that the model wrote to tell.`;
  return [
    ...lines,
    ...fires,
    rare,
    `Percentiles are among the ${counted(sae.features, 'feature')} of ${sae.hook}.`,
    ...parityTexts(sae.parity),
  ].join('\n');
}

function momentsOf({ feature, moments, splits, promoted, suppressed }: RankedFeature): string {
  const measure = (name: 'skewness' | 'kurtosis' | 'standardDeviation', words: string = name) =>
    `${words} ${formatMoment(moments[name].value)} (${formatPercentile(moments[name].percentile)})`;
  const split = Math.max(splits.leadingSpace.value, splits.capitalised.value);
  return `F${feature}  ${[
    measure('skewness'),
    measure('kurtosis'),
    measure('standardDeviation', 'deviation'),
    `split ${formatProbability(split)}`,
    `promotes ${shortToken(promoted)}`,
    `suppresses ${shortToken(suppressed)}`,
  ].join(', ')}`;
}

function firingOf({ feature, firing }: RankedFeature): string {
  const { token, share, active } = firing;
  if (!token || !share) return `F${feature}`;
  return `F${feature}  ${formatProbability(share.value)} (${formatPercentile(share.percentile)}) on ${shortToken(token.token)}, active in ${counted(active, 'text')}`;
}

/** The leading feature of each group, as far as there is room, in the groups' order. */
function actions({ classes, firing, sae }: KindsReport, options: readonly string[]): ReplyAction[] {
  const line = (command: string, feature: number) => [command, sae.layer, feature, ...options].join(' ');
  const leading = [...classes.filter(({ count }) => count > 0), ...firing].flatMap(
    ({ features }) => features[0]?.feature ?? [],
  );
  const offered = [...new Set(leading)].slice(0, BUTTONS).map((feature) => {
    return { label: `Kind of F${feature}`, does: { line: line('kind', feature) } };
  });
  return [...offered, { label: 'JSON', does: { file: 'json' } }];
}
