/** The picture of an answer to `/compare`: two vectors side by side. */
import type { ComparedSide, CompareReport } from '../../src/core/report/compare.js';
import { readable, shorten } from '../alt.js';
import { paint } from '../canvas/paint.js';
import { canvasRuler } from '../canvas/ruler.js';
import { strongestDefinitions } from '../definitions.js';
import type { Pen } from '../kind/parts.js';
import { LIMITS } from '../limits.js';
import { formatLength, formatProbability } from '../numbers.js';
import { keyPanel } from '../panels/key.js';
import type { Panel, Scene } from '../scene.js';
import { THEMES } from '../theme.js';
import { fitTree } from '../tree/fit.js';
import { type Shown, saysPanel, sideList, sideTree } from './column.js';
import { numbersPanel, sentencePanel, titlePanel } from './header.js';
import { comparedTitle, differenceSentence, sideHeadings, sideNames, tokenNames } from './words.js';

export interface ComparePicture {
  png: Buffer;
  /** Pixels. */
  width: number;
  height: number;
  alt: string;
}

/** Of one side; lengths in pixels. */
const COLUMN = 1_400;
const TREE_HEIGHT = 1_300;
const MARGIN = 40;
const GAP = 60;
/** 14 px in a thumbnail 500 px wide. */
const UNIT = 82;
const KEY_SIZE = 26;

/**
 * @param options.theme default: the report's
 * @throws Error when canvas or the shipped fonts cannot be loaded
 */
export async function drawCompare(
  report: CompareReport,
  options: { theme?: 'dark' | 'light' } = {},
): Promise<ComparePicture> {
  const theme = THEMES[options.theme ?? report.parameters.theme];
  const pen: Pen = { theme, ruler: await canvasRuler(), unit: UNIT };
  const inner = 2 * COLUMN + GAP;
  const names = sideHeadings(report);
  const { shared } = report.trees;
  const colours = [theme.accent, theme.end];
  const shown = report.sides.map((side, i): Shown => {
    return { side, name: names[i]!, colour: colours[i]!, shared: shared[i]! };
  });
  const panels: Scene['panels'] = [];
  let y = MARGIN;
  /** One panel over the whole width, or one for each side. */
  const put = (row: Panel[], gap = GAP / 2) => {
    row.forEach((panel, i) => {
      panels.push({ x: MARGIN + i * (COLUMN + GAP), y, panel });
    });
    y += Math.max(...row.map(({ height }) => height)) + gap;
  };
  put([titlePanel(report, pen, inner)], 0);
  put([numbersPanel(report, pen, inner)]);
  put([sentencePanel(report, pen, inner)]);
  put(shown.map((side) => saysPanel(side, pen, COLUMN)));
  const room = { width: COLUMN, height: TREE_HEIGHT, nodes: LIMITS.nodes };
  const trees: Panel[] = [];
  for (const side of shown) {
    const fitted = await fitTree(side.side.tree.root, report.parameters.trim, room, pen.ruler);
    trees.push(sideTree(side, fitted, pen, COLUMN));
  }
  put(trees, GAP);
  put(shown.map((side) => sideList(side, pen, COLUMN)));
  put([keyOf(report, pen, inner)], 0);
  const width = inner + 2 * MARGIN;
  const height = Math.ceil(y + MARGIN * 0.6);
  const exactColours = Object.values(theme);
  const scene = { width, height, background: theme.background, exactColours, panels };
  return { png: await paint(scene), width, height, alt: compareAltText(report) };
}

/** What the picture shows. */
function keyOf({ sides: [one, other], model, parameters }: CompareReport, pen: Pen, width: number) {
  const hooks = [...new Set([one, other].map(({ sae }) => readable(sae.hook)))].join(', ');
  const sentences = [
    'Grey: in both trees, with the probability here | there, or in both lists. Coloured: on one side only, above the other’s cutoff.',
    ...(parameters.prune === 'grey' ? ['Grey without a second number: generic, any ghost says it.'] : []),
    '● the definition closes.',
    'Alike: the smaller of both probabilities, summed over all branches, over the sum of the larger.',
    `mean token distance ${formatLength(one.ghost.meanTokenDistance)}   ${hooks}   ${readable(model.dtype)}   prompt: ${readable(parameters.prompt)}`,
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
