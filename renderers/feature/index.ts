/** The card: what is told at a glance, in the shape and the type of the boxes in which chats show pictures. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import { tokenStrip } from '../panels/tokenStrip.js';
import type { Pen } from '../sheet/pen.js';
import type { Panel, Scene } from '../sheet/scene.js';
import { shades } from '../sheet/shadedText.js';
import { trueTokens } from '../text/trueTokens.js';
import { coverageOf, coveragePanel } from './coverage.js';
import { firesOnHeight, firesOnPanel } from './firesOn.js';
import { footerPanel } from './footer.js';
import { headPanel } from './head.js';
import { barFills, saysPanel } from './says.js';
import { GAP, READ, SHEET, SMALL } from './type.js';

const TOKENS = 12;
/** Examples where what the model says tells when the feature fires, and where it does not. */
const EXAMPLES = { beside: 2, alone: 4 };

export function featureCard(report: FeatureReport, pen: Pen): Scene {
  const { theme } = pen;
  const { width } = SHEET;
  const { evidence, verdict, tree } = report;
  const head = headPanel(report, pen, width);
  const list = trueTokens(report, TOKENS);
  const tokens = tokenStrip(list, pen, width, { size: READ, mostLines: 2, small: SMALL });
  const footer = footerPanel(report, hasGreyWords(report), pen, width);
  const bar = coveragePanel(coverageOf(tree, []), pen, width).height;
  const room = SHEET.height - head.height - tokens.height - footer.height - bar - 5 * GAP;
  const alone = verdict?.kind === 'nothing' || verdict?.kind === 'alwaysOn';
  const known = evidence?.examples.length ?? 0;
  const least = Math.min(known, alone ? EXAMPLES.alone : EXAMPLES.beside);
  const says = saysPanel(report, pen, width, room - (evidence ? firesOnHeight(evidence, least) : 0));
  // What room the definitions leave is for further examples.
  const left = room - says.height;
  let examples = least;
  while (
    evidence &&
    examples < Math.min(known, EXAMPLES.alone) &&
    firesOnHeight(evidence, examples + 1) <= left
  )
    examples++;
  const fires = evidence ? [firesOnPanel(evidence, pen, width, examples)] : [];
  const coverage = coveragePanel(coverageOf(tree, says.texts), pen, width);
  const answer = [says, coverage];
  return sheetOf([head, ...(alone ? [...fires, ...answer] : [...answer, ...fires]), tokens, footer], pen, [
    ...Object.values(theme),
    ...shades(theme),
    ...barFills(theme),
  ]);
}

/** Whether connecting words may stand in what is shown: what was spoken is shown as it is. */
function hasGreyWords({ held, definitions, parameters }: FeatureReport): boolean {
  return parameters.prune !== 'off' && (held !== undefined || definitions.length === 0);
}

function sheetOf(panels: readonly Panel[], { theme }: Pen, exactColours: string[]): Scene {
  const placed: Scene['panels'] = [];
  let y: number = SHEET.top;
  for (const panel of panels.filter(({ height }) => height > 0)) {
    placed.push({ x: SHEET.margin, y, panel });
    y += panel.height + GAP;
  }
  const height = Math.ceil(y - GAP + SHEET.bottom);
  return {
    width: SHEET.width + 2 * SHEET.margin,
    height,
    background: theme.background,
    exactColours,
    panels: placed,
  };
}
