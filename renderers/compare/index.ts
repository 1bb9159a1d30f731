/** The picture of an answer to `/compare`: two vectors side by side. */

import type { ComparedSide, CompareReport } from '../../src/core/report/compare.js';
import { formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shorten } from '../../src/text/shorten.js';
import { type ColumnPicture, columnPen, paintColumn } from '../canvas/column.js';
import { keyPanel } from '../panels/key.js';
import { beside, stacked } from '../sheet/arrange.js';
import { LIMITS } from '../sheet/limits.js';
import type { Pen } from '../sheet/pen.js';
import type { Panel } from '../sheet/scene.js';
import { THEMES } from '../sheet/theme.js';
import { strongestDefinitions } from '../text/definitions.js';
import { unitWords } from '../text/settingWords.js';
import { fitTree } from '../tree/fit.js';
import { numbersPanel, sentencePanel, titlePanel } from './header.js';
import { type Shown, saysPanel, sideList, sideTree } from './side.js';
import { comparedTitle, differenceSentence, sideHeadings, sideNames, tokenNames } from './words.js';

/** Width of one side; lengths in pixels. */
const SIDE = 1_400;
const TREE_HEIGHT = 1_300;
const GAP = 60;
/** 14 px in a thumbnail 500 px wide. */
const UNIT = 82;
const KEY_SIZE = 26;

/**
 * @param options.theme default: the report's
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawCompare(
  report: CompareReport,
  options: { theme?: 'dark' | 'light' } = {},
): Promise<ColumnPicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const pen = await columnPen(theme, UNIT);
  const inner = 2 * SIDE + GAP;
  const names = sideHeadings(report);
  const { shared } = report.trees;
  const colours = [theme.accent, theme.end];
  const shown = report.sides.map((side, i): Shown => {
    return { side, name: names[i]!, colour: colours[i]!, shared: shared[i]! };
  });
  const room = { width: SIDE, height: TREE_HEIGHT, nodes: LIMITS.nodes };
  const trees: Panel[] = [];
  for (const side of shown) {
    const fitted = await fitTree(side.side.tree.root, report.parameters.trim, room, pen.ruler);
    trees.push(sideTree(side, fitted, pen, SIDE));
  }
  /** A panel for each side. */
  const both = (panelOf: typeof saysPanel) =>
    beside(
      shown.map((side) => panelOf(side, pen, SIDE)),
      GAP,
    );
  const panels = [
    stacked([titlePanel(report, pen, inner), numbersPanel(report, pen, inner)], 0),
    sentencePanel(report, pen, inner),
    both(saysPanel),
    stacked([beside(trees, GAP), both(sideList)], GAP),
    keyOf(report, pen, inner),
  ];
  return { ...(await paintColumn(panels, GAP / 2, theme)), alt: compareAltText(report) };
}

/** The key: how to read the picture. */
function keyOf({ sides, model, parameters }: CompareReport, pen: Pen, width: number) {
  const hooks = [...new Set(sides.map(({ sae }) => readable(sae.hook)))].join(', ');
  const sentences = [
    'Grey: in both trees, with the probability here | there, or in both lists. Coloured: on one side only, above the other’s cutoff.',
    ...(parameters.prune === 'grey' ? ['Grey without a second number: generic, any ghost says it.'] : []),
    ...(parameters.prune === 'on' ? ['Grey words on a coloured branch: any ghost says them.'] : []),
    '● the definition closes.',
    'Alike: the smaller of both probabilities, summed over all branches, over the sum of the larger.',
    `${unitWords(sides[0], sides[0].ghost)}   ${hooks}   ${readable(model.dtype)}   prompt: ${readable(parameters.prompt)}`,
  ];
  return keyPanel(sentences, pen, width, KEY_SIZE, 4);
}

/** The picture in words, for screen readers and for chats that cannot show it. */
export function compareAltText(report: CompareReport): string {
  const names = sideNames(report);
  const says = report.sides.map((side, index) => `${names[index]}: ${strongest(side)}`);
  const both = tokenNames(
    report.sides[0].tokens.filter(({ otherRank }) => otherRank !== null),
    5,
  );
  return [
    `Comparison in ${readable(report.model.id)}: ${comparedTitle(report)}.`,
    differenceSentence(report),
    `Strongest definitions of ${says.join('; of ')}.`,
    both.length > 0 ? `Near both: ${both.join(', ')}.` : 'No token is near both.',
  ].join(' ');
}

function strongest({ tree }: ComparedSide): string {
  const quotes = strongestDefinitions(tree.root, 2).map(
    ({ text, probability, ended }) =>
      `“${shorten(readable(text), 100)}${ended ? '' : '…'}” (${formatProbability(probability)})`,
  );
  return quotes.length > 0 ? quotes.join(', ') : 'none reaches the cutoff';
}
