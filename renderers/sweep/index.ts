/** The picture of a sweep: what a feature says at every scale, beside the curves of the criteria. */
import type { SweepReport } from '../../src/core/report/sweep.js';
import { counted, formatFactor, formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { type ColumnPicture, columnPen, paintColumn } from '../canvas/column.js';
import { THEMES, type ThemeName } from '../sheet/theme.js';
import { sweepHeader } from './header.js';
import { scaleRuns } from './scaleRuns.js';
import { sweepTable } from './table.js';

const GAP = 24; // pixels
/** Inside the margins, so that the large type is 11 px high in a thumbnail 500 px wide. */
const WIDTH = 1520;

/**
 * @param options.maximum the feature's largest known activation, of which what it reads back is a share
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawSweep(
  report: SweepReport,
  { theme: name = report.parameters.theme, maximum }: { theme?: ThemeName; maximum?: number } = {},
): Promise<ColumnPicture> {
  const theme = THEMES[name];
  const pen = await columnPen(theme);
  const panels = [sweepHeader(report, pen, WIDTH), sweepTable(report, maximum, pen, WIDTH)];
  return { ...(await paintColumn(panels, GAP, theme)), alt: altText(report) };
}

/** The picture in words: the best scale, and what the feature says from scale to scale. */
function altText({ model, sae, points, chosen }: SweepReport): string {
  const best = points[chosen.index]!.definitions[0];
  const says = scaleRuns(points).map(
    ({ first, last }) =>
      `${first === last ? '' : `${formatFactor(points[first]!.relative)} to `}${formatFactor(points[last]!.relative)}: ${quote(points[last]!.definitions[0]?.text)}`,
  );
  const there = best ? `, saying ${quote(best.text)} (${formatProbability(best.probability)})` : '';
  return `Sweep of ${model.id}, layer ${sae.layer}, feature ${sae.feature}, over ${counted(points.length, 'scale')}. Best at ${formatFactor(chosen.relative)} times the mean token distance${there}. Leading definitions by scale: ${says.join('; ')}.`;
}

function quote(text = ''): string {
  return `“${shorten(readable(text), 60)}”`;
}
