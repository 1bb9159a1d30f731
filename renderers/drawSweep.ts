/** The picture of a sweep: what a feature says at every scale, beside the curves of the criteria. */
import type { SweepReport } from '../src/core/report/sweep.js';
import { readable } from './alt.js';
import { paint } from './canvas/paint.js';
import { canvasRuler } from './canvas/ruler.js';
import { formatLength, formatProbability } from './numbers.js';
import { sweepHeader } from './panels/sweepHeader.js';
import { sweepTable } from './panels/sweepTable.js';
import { scaleRuns } from './scaleRuns.js';
import type { Scene } from './scene.js';
import { THEMES } from './theme.js';

export interface SweepPicture {
  png: Buffer;
  /** Pixels. */
  width: number;
  height: number;
  alt: string;
}

const MARGIN = 40;
const GAP = 24;
/** Inside the margins, so that the large type is 11 px high in a thumbnail 500 px wide. */
const WIDTH = 1520;

/** @throws Error when canvas or the shipped fonts cannot be loaded */
export async function drawSweep(
  report: SweepReport,
  { theme: name = report.parameters.theme }: { theme?: 'dark' | 'light' } = {},
): Promise<SweepPicture> {
  const theme = THEMES[name];
  const ruler = await canvasRuler();
  const header = sweepHeader(report, theme, ruler, WIDTH);
  const table = sweepTable(report, theme, ruler, WIDTH);
  const scene: Scene = {
    width: WIDTH + 2 * MARGIN,
    height: header.height + GAP + table.height + 2 * MARGIN,
    background: theme.background,
    exactColours: Object.values(theme),
    panels: [
      { x: MARGIN, y: MARGIN, panel: header },
      { x: MARGIN, y: MARGIN + header.height + GAP, panel: table },
    ],
  };
  const png = await paint(scene);
  return { png, width: scene.width, height: Math.ceil(scene.height), alt: altText(report) };
}

/** The picture in words: where the feature speaks best, and what it says from scale to scale. */
function altText({ model, sae, points, chosen }: SweepReport): string {
  const best = points[chosen.index]!.definitions[0];
  const says = scaleRuns(points).map(
    ({ first, last }) =>
      `${formatLength(points[first]!.relative)} to ${formatLength(points[last]!.relative)}: ${quote(points[last]!.definitions[0]?.text)}`,
  );
  const there = best ? `, saying ${quote(best.text)} (${formatProbability(best.probability)})` : '';
  return `Sweep of ${model.id}, layer ${sae.layer}, feature ${sae.feature}, over ${points.length} scales. Best at ${formatLength(chosen.relative)} times the mean token distance${there}. Leading definitions by scale: ${says.join('; ')}.`;
}

function quote(text = ''): string {
  const characters = [...readable(text)];
  return `“${characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : characters.join('')}”`;
}
