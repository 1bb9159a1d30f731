/** The card: what is told at a glance. It comes first, and says how much room is left for the tree. */
import type { FeatureReport } from '../../src/core/report/feature.js';
import { stacked } from '../sheet/arrange.js';
import type { Pen } from '../sheet/pen.js';
import type { Panel } from '../sheet/scene.js';
import type { Definition } from '../text/definitions.js';
import type { Room } from '../tree/fit.js';
import { firesOnPanel } from './firesOn.js';
import { FOOTER } from './footer.js';
import { headPanel } from './head.js';
import { listPanel } from './list.js';
import { saysPanel } from './says.js';
import { HEADING } from './type.js';

/** The picture's width inside its margins and its height inside them at most, in units: 1.57 wide to 1 high. */
export const SHEET = { width: 38.2, height: 23.6 };
/** Size of the large type in pixels: 9 px high where the picture is 360 px wide, as in a thumbnail of Slack's. */
export const UNIT = 45;
export const GAP = 0.6;
/** Share of the width that the left column has beside a tree. */
const LEFT = 0.57;
const BETWEEN = 1; // units between the columns

export interface Card {
  head: Panel;
  /** Where it fires, and what the model says. */
  left: Panel;
  list: Panel;
  /** Where the right column begins, and what is left for a tree there. */
  treeAt: number;
  room: Pick<Room, 'width' | 'height'>;
}

/**
 * @param isBeside whether the tree stands beside what the model says; else that has the whole width
 */
export function featureCard(
  report: FeatureReport,
  definitions: readonly Definition[],
  pen: Pen,
  isBeside: boolean,
): Card {
  const { unit } = pen;
  const width = SHEET.width * unit;
  const head = headPanel(report, pen, width);
  const list = listPanel(report, pen, width);
  const others = head.height + list.height + FOOTER.height * unit + 3 * GAP * unit;
  const height = SHEET.height * unit - others;
  const leftWidth = isBeside ? width * LEFT : width;
  const fires = report.evidence ? [firesOnPanel(report.evidence, pen, leftWidth, mostExamples(report))] : [];
  const used = fires.reduce((sum, panel) => sum + panel.height + GAP * unit, 0);
  const says = saysPanel(report, definitions, pen, leftWidth, height - used);
  const treeAt = leftWidth + BETWEEN * unit;
  return {
    head,
    left: stacked([...fires, says], GAP * unit),
    list,
    treeAt,
    room: { width: width - treeAt, height: height - HEADING * unit },
  };
}

/** Where nothing that the model says tells when it fires, the texts do. */
function mostExamples({ verdict, evidence }: FeatureReport): number {
  if ((evidence?.examples.length ?? 0) === 0) return 0;
  return verdict?.kind === 'nothing' || verdict?.kind === 'alwaysOn' ? 4 : 2;
}
