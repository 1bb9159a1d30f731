/** What the model says, ranked: each with its share as a number and as a bar on one scale, from 0 to all of it. */
import type { FeatureReport, SpokenDefinition } from '../../src/core/report/feature.js';
import { formatCutoff, formatProbability } from '../../src/text/numbers.js';
import { type VisiblePiece, visiblePieces } from '../../src/text/visibleToken.js';
import { between } from '../sheet/colours.js';
import { lineItem, type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { type Line, measureWords, wrap } from '../sheet/typeset.js';
import { definitionChunks } from '../text/definitionChunks.js';
import type { Definition } from '../text/definitions.js';
import { shortSetting } from '../text/settingWords.js';
import { activeShare, shownDefinitions } from '../text/spoken.js';
import { wordChunks } from '../text/wordChunks.js';
import { HEADING, headingItem, SMALL } from './type.js';

const MOST_ROWS = 5;
/** Of what the model says of what it holds where the feature fires. */
const MOST_FIRING = 2;
const LINES_OF_ONE = 2;
const SIZE = 0.9; // of the unit
const PITCH = 1.32; // of the type's size
const GAP = 0.16; // of the unit, between rows
const FILL = 0.32; // of the colour of a bar, on its panel

interface Row {
  number: string;
  /** Length of the bar, 0..1. */
  share: number;
  chunks: VisiblePiece[][];
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

/**
 * @param definitions the strongest of the tree
 * @param height rows end where it does, but for the first
 */
export function saysPanel(
  report: FeatureReport,
  definitions: readonly Definition[],
  pen: Pen,
  width: number,
  height: number,
): Panel {
  const { theme, ruler, unit } = pen;
  const { heading, rows, isActivation } = said(report, definitions);
  const items: Item[] = [headingItem(heading, pen)[0]];
  const style = { size: Math.round(unit * SIZE), bold: false };
  const bold = { size: Math.round(unit * SIZE * 0.9), bold: true };
  const small = Math.round(unit * SMALL * 0.9);
  const pitch = style.size * PITCH;
  const padding = unit * 0.25;
  const numbers = rows.map(({ number }) => measureWords(number, bold, ruler));
  const column = Math.max(unit * 1.6, ...numbers.map((line) => line.width));
  const left = column + unit * 0.35;
  const room = width - left;
  const colour = isActivation ? theme.end : theme.accent;
  let y = unit * HEADING;
  for (const [index, row] of rows.entries()) {
    const note = measureWords(row.note, { size: small, bold: false }, ruler);
    const text = room - 2 * padding - (row.note === '' ? 0 : note.width + padding);
    const lines = wrap(row.chunks, style, ruler, text, LINES_OF_ONE);
    const tall = Math.max(1, lines.length) * pitch;
    if (index > 0 && y + tall > height) break;
    const box = { kind: 'box', x: left, y, height: tall, radius: unit * 0.12 } as const;
    items.push({ ...box, width: room, fill: theme.panel });
    if (row.share > 0)
      items.push({
        ...box,
        width: Math.max(box.radius * 2, room * row.share),
        fill: between(theme.panel, colour, FILL),
      });
    const middle = y + pitch / 2;
    const ink = row.isQuiet ? theme.quiet : theme.ink;
    const number = {
      x: column,
      y: middle,
      ...bold,
      align: 'right',
      colour: row.isQuiet ? ink : colour,
    } as const;
    items.push(lineItem(numbers[index]!, number, theme));
    lines.forEach((line: Line, at) => {
      const placed = { x: left + padding, y: middle + at * pitch, ...style, colour: ink };
      items.push(lineItem(line, placed, theme));
    });
    const place = { x: width - padding, y: y + tall - pitch / 2, size: small, align: 'right' } as const;
    items.push(words(row.note, { ...place, colour: theme.quiet }, pen));
    y += tall + unit * GAP;
  }
  return { width, height: y, items };
}

function said(report: FeatureReport, definitions: readonly Definition[]): Said {
  const { held: hold, definitions: spoken, firing = [], evidence, tree } = report;
  // What is said of a held feature is said by the tree alone.
  if (!hold && spoken.length > 0)
    return {
      heading: 'the model says, by how active the feature is on it',
      rows: [
        ...shownDefinitions(spoken, MOST_ROWS - Math.min(firing.length, MOST_FIRING)).map((entry) =>
          spokenRow(entry, evidence?.maximum),
        ),
        ...firing.slice(0, MOST_FIRING).map((entry) => ({
          ...spokenRow(entry, evidence?.maximum),
          note: 'firing places',
        })),
      ],
      isActivation: true,
    };
  if (definitions.length > 0)
    return {
      heading: definitions.every(({ generic }) => generic)
        ? 'all that the model says is generic; by probability'
        : 'the model says, by probability',
      rows: definitions.map((definition) => ({
        number: formatProbability(definition.probability),
        share: definition.probability,
        chunks: definitionChunks(definition),
        note: '',
        isQuiet: definition.generic,
      })),
      isActivation: false,
    };
  return {
    heading: `no definition reaches ${formatCutoff(tree.cutoff)}; likeliest first tokens`,
    rows: tree.candidates.slice(0, MOST_ROWS).map(({ token, probability }) => ({
      number: formatProbability(probability),
      share: probability,
      chunks: [visiblePieces(token)],
      note: '',
      isQuiet: false,
    })),
    isActivation: false,
  };
}

function spokenRow(definition: SpokenDefinition, maximum: number | undefined): Row {
  const { share = 0, text: number } = activeShare(definition, maximum);
  return {
    number,
    share,
    chunks: wordChunks(definition.ended ? definition.text : `${definition.text} …`),
    note: shortSetting(definition),
    isQuiet: !(definition.activation > 0),
  };
}
