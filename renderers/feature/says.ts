/** What the model says, ranked: each with its share as a number and as a bar, on one scale in every picture. */
import type { FeatureReport, SpokenDefinition } from '../../src/core/report/feature.js';
import { formatProbability } from '../../src/text/numbers.js';
import { type VisiblePiece, visiblePieces } from '../../src/text/visibleToken.js';
import { between } from '../sheet/colours.js';
import { lineItem, type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { type Line, measureWords, wrap } from '../sheet/typeset.js';
import { definitionChunks } from '../text/definitionChunks.js';
import { comparable, type Definition, strongestDefinitions } from '../text/definitions.js';
import { shortPlace } from '../text/settingWords.js';
import { activeShare, shownDefinitions } from '../text/spoken.js';
import { wordChunks } from '../text/wordChunks.js';
import { HEADING, headingItem, PITCH, READ, SMALL } from './type.js';

const MOST_ROWS = 5;
/** Of what the model says of what it holds where the feature fires. */
const MOST_FIRING = 2;
const LINES_OF_ONE = 2;
/** Stands where words of a definition are left out; `…` is for one that the model did not finish. */
const CUT = ' […]';
/** Pixels of a bar for 1 %. */
export const BAR_PERCENT = 11;
/** Where bars begin: numbers stand left of it. */
const LEFT = 126;
const PADDING = 12;
const BETWEEN = 6; // pixels between rows
const FILL = 0.2; // of the colour of a bar, on its panel
const EDGE = 6; // pixels of the full colour at a bar's end

interface Row {
  number: string;
  /** Length of the bar, 0..1. */
  share: number;
  chunks: VisiblePiece[][];
  /** As it is compared with what is in the tree. */
  text: string;
  /** Small words at the right. */
  note: string;
  isQuiet: boolean;
}

interface Said {
  heading: string;
  rows: Row[];
  /** Whether the bars are activations, else probabilities. */
  isActivation: boolean;
}

export interface SaysPanel extends Panel {
  /** The definitions that are shown. */
  texts: string[];
}

/**
 * @param height rows end where it does, but for the first
 */
export function saysPanel(report: FeatureReport, pen: Pen, width: number, height: number): SaysPanel {
  const { theme, ruler } = pen;
  const { heading, rows, isActivation } = said(report, strongestDefinitions(report.tree.root, MOST_ROWS));
  const items: Item[] = [headingItem(heading, pen)[0]];
  const style = { size: READ, bold: false };
  const bold = { size: READ, bold: true };
  const room = width - LEFT;
  const colour = isActivation ? theme.activation : theme.accent;
  const texts: string[] = [];
  let y = HEADING;
  for (const [index, row] of rows.entries()) {
    const note = measureWords(row.note, { size: SMALL, bold: false }, ruler);
    const beside = row.note === '' ? 0 : note.width + 2 * PADDING;
    const lines = linesOf(row.chunks, pen, room - 2 * PADDING, beside);
    const tall = Math.max(1, lines.length) * PITCH;
    if (index > 0 && y + tall > height) break;
    texts.push(row.text);
    const box = { kind: 'box', x: LEFT, y, height: tall, radius: 4 } as const;
    items.push({ ...box, width: room, fill: theme.panel });
    const long = 100 * BAR_PERCENT * row.share;
    if (row.share > 0) {
      items.push({ ...box, width: Math.max(EDGE, long), fill: between(theme.panel, colour, FILL) });
      items.push({ ...box, x: LEFT + Math.max(0, long - EDGE), width: EDGE, radius: 0, fill: colour });
    }
    const middle = y + PITCH / 2;
    const ink = row.isQuiet ? theme.quiet : theme.ink;
    const number = measureWords(row.number, bold, ruler);
    const placed = {
      x: LEFT - PADDING,
      y: middle,
      ...bold,
      align: 'right',
      colour: row.isQuiet ? ink : colour,
    } as const;
    items.push(lineItem(number, placed, theme));
    lines.forEach((line: Line, at) => {
      items.push(lineItem(line, { x: LEFT + PADDING, y: middle + at * PITCH, ...style, colour: ink }, theme));
    });
    const place = { x: width - PADDING, y: y + tall - PITCH / 2, size: SMALL, align: 'right' } as const;
    items.push(words(row.note, { ...place, colour: theme.quiet }, pen));
    y += tall + BETWEEN;
  }
  return { width, height: y, items, texts };
}

/** Colours of the bars. */
export function barFills({ panel, activation, accent }: Theme): string[] {
  return [activation, accent].map((colour) => between(panel, colour, FILL));
}

/** Over the full width where the note has room after the last line, else beside it. */
function linesOf(chunks: VisiblePiece[][], { ruler }: Pen, width: number, beside: number): Line[] {
  const style = { size: READ, bold: false };
  const lines = wrap(chunks, style, ruler, width, LINES_OF_ONE, CUT);
  const last = lines.at(-1)?.width ?? 0;
  return last + beside <= width ? lines : wrap(chunks, style, ruler, width - beside, LINES_OF_ONE, CUT);
}

function said(report: FeatureReport, definitions: readonly Definition[]): Said {
  const { held: hold, definitions: spoken, firing = [], evidence, tree } = report;
  // What is said of a held feature is said by the tree alone.
  if (!hold && spoken.length > 0)
    return {
      heading: 'the model says; bars: how active it is on it',
      rows: [
        ...shownDefinitions(spoken, MOST_ROWS - Math.min(unsaid(firing, spoken).length, MOST_FIRING)).map(
          (entry) => spokenRow(entry, evidence?.maximum),
        ),
        ...unsaid(firing, spoken)
          .slice(0, MOST_FIRING)
          .map((entry) => ({
            ...spokenRow(entry, evidence?.maximum),
            note: 'firing places',
          })),
      ],
      isActivation: true,
    };
  if (definitions.length > 0)
    return {
      heading: definitions.every(({ generic }) => generic)
        ? 'the model says, as of any vector'
        : 'the model says, by probability',
      rows: definitions.map((definition) => ({
        number: formatProbability(definition.probability),
        share: definition.probability,
        chunks: definitionChunks(definition),
        text: definition.text,
        note: '',
        isQuiet: definition.generic,
      })),
      isActivation: false,
    };
  return {
    heading: 'likeliest first tokens',
    rows: tree.candidates.slice(0, MOST_ROWS).map(({ token, probability }) => ({
      number: formatProbability(probability),
      share: probability,
      chunks: [visiblePieces(token)],
      text: token,
      note: '',
      isQuiet: false,
    })),
    isActivation: false,
  };
}

/** Of what is said at firing places, what is not said of the vector as well. */
function unsaid(
  firing: readonly SpokenDefinition[],
  spoken: readonly SpokenDefinition[],
): SpokenDefinition[] {
  const known = new Set(spoken.map(({ text }) => comparable(text)));
  return firing.filter(({ text }) => !known.has(comparable(text)));
}

function spokenRow(definition: SpokenDefinition, maximum: number | undefined): Row {
  const { share = 0, text: number } = activeShare(definition, maximum);
  return {
    number,
    share,
    chunks: wordChunks(definition.ended ? definition.text : `${definition.text} …`),
    text: definition.text,
    note: shortPlace(definition),
    isQuiet: !(definition.activation > 0),
  };
}
