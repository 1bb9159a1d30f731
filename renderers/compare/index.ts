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
import { THEMES, type ThemeName } from '../sheet/theme.js';
import { strongestDefinitions } from '../text/definitions.js';
import { unitWords } from '../text/settingWords.js';
import { type FittedTree, fitTree, type Room } from '../tree/fit.js';
import { butterflyPanel, sharedTokensPanel } from './butterfly.js';
import { numbersPanel, sentencePanel, titlePanel } from './header.js';
import { type Shown, sideTree } from './side.js';
import { comparedTitle, differenceSentence, sideNames, tokenNames } from './words.js';

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
  options: { theme?: ThemeName } = {},
): Promise<ColumnPicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const pen = await columnPen(theme, UNIT);
  const inner = 2 * SIDE + GAP;
  const colours = [theme.accent, theme.other];
  const shown = report.sides.map((side, index): Shown => ({ side, colour: colours[index]! }));
  const trees = (await comparableTrees(report, pen)).map((fitted, index) =>
    sideTree(shown[index]!, fitted, pen, SIDE),
  );
  const panels = [
    stacked([titlePanel(report, pen, inner), numbersPanel(report, pen, inner)], 0),
    sentencePanel(report, pen, inner),
    butterflyPanel(report, pen, inner),
    sharedTokensPanel(report, pen, inner),
    beside(trees, GAP),
    keyOf(report, pen, inner),
  ];
  return { ...(await paintColumn(panels, GAP / 2, theme)), alt: compareAltText(report) };
}

/** Both trees as far as there is room for both at one trim, on one scale of thickness. */
async function comparableTrees({ sides, parameters }: CompareReport, pen: Pen): Promise<FittedTree[]> {
  const room = { width: SIDE, height: TREE_HEIGHT, nodes: LIMITS.nodes };
  const fitted = (trim: number, more: Partial<Room>) =>
    Promise.all(sides.map(({ tree }) => fitTree(tree.root, trim, { ...room, ...more }, pen.ruler)));
  const alone = await fitted(parameters.trim, {});
  const trim = Math.max(...alone.map((tree) => tree.trim));
  const strongest = Math.max(
    ...sides.flatMap(({ tree }) => tree.root.children.map(({ cumulative }) => cumulative)),
  );
  return fitted(trim, { thickest: strongest, thinnest: trim });
}

/** The key: how to read the picture. */
function keyOf({ sides, model, parameters }: CompareReport, pen: Pen, width: number) {
  const hooks = [...new Set(sides.map(({ sae }) => readable(sae.hook)))].join(', ');
  const sentences = [
    'Bars: probability on each side, on one scale. Grey branches are on both sides (probability here | there), coloured ones on one side only, above the other’s cutoff.',
    ...(parameters.prune === 'grey' ? ['Dashed: any vector says it.'] : []),
    ...(parameters.prune === 'on' ? ['Grey words on a coloured branch: any vector says them.'] : []),
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
