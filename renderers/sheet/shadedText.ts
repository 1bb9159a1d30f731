/** A text whose tokens are shaded by how active a feature is on them; it flows and wraps as text does. */

import { formatLength } from '../../src/text/numbers.js';
import type { VisiblePiece } from '../../src/text/visibleToken.js';
import { between, moreLegible } from './colours.js';
import { isRightToLeft } from './fontRuns.js';
import { joinedBytes } from './joinedBytes.js';
import { LIMITS } from './limits.js';
import type { Item } from './scene.js';
import type { Theme } from './theme.js';
import { flowingPieces, type Line, measureLine, measureWords, type Ruler, shortened } from './typeset.js';
import { visualOrder } from './visualOrder.js';

/** Steps of the shade: more than the eye tells apart would fill the palette. */
const SHADES = 8;

/** From line to line, in sizes of the type: with room for the peak's number above each, or without. */
const PITCH = { numbered: 2.05, plain: 1.45 };
/** Middle of the first line, likewise. */
const FIRST = { numbered: 1.35, plain: PITCH.plain / 2 };

/** Of the type's size: the space before a word, and the thickness of the line below an active token. */
const SPACE = 0.22;
const UNDERLINE = 0.07;

export interface ShadedTokens {
  tokens: readonly string[];
  /** One for each token. */
  activations: readonly number[];
  /** Index of the token whose activation is written above it; null for none. */
  peak: number | null;
  /** Words after the last token, in the quiet colour. */
  rest?: string;
  /** Whether text was left out before the first token. */
  cut?: boolean;
}

export interface ShadeOptions {
  width: number;
  /** Size of the type in pixels. */
  size: number;
  /** The activation that has the full shade. */
  max: number;
  /** Most lines; the rest becomes an ellipsis. */
  lines: number;
  /**
   * Whether lines stand apart, so that the peak's number has room above.
   * @default numbered
   */
  spacing?: 'numbered' | 'plain';
  theme: Theme;
  ruler: Ruler;
}

interface Box {
  line: Line;
  token: number;
}

/** Items from (0, 0) on, the height of all lines, and whether the peak is in them. */
export interface ShadedText {
  items: Item[];
  height: number;
  /** Vertical middle of the first line. */
  first: number;
  showsPeak: boolean;
}

export function shadedText(given: ShadedTokens, options: ShadeOptions): ShadedText {
  const text = joinedBytes(given);
  const { size, theme, ruler, spacing = 'numbered' } = options;
  const pitch = size * PITCH[spacing];
  const first = size * FIRST[spacing];
  const rows = flow(text, options);
  const items: Item[] = [];
  rows.forEach((row, index) => {
    const middle = first + index * pitch;
    let x = 0;
    for (const { line, token } of inVisualOrder(row)) {
      const activation = text.activations[token] ?? 0;
      const step = shadeOf(activation, options.max);
      if (step > 0) items.push(...shadeItems(line, { x, middle, size }, step, theme));
      const colours = coloursOn(step, token < 0, theme);
      items.push({ kind: 'text', x, y: middle, line, style: { size, bold: false }, ...colours });
      if (spacing === 'numbered' && token === text.peak && activation > 0) {
        const style = { size: Math.round(size * 0.6), bold: true };
        const number = measureWords(formatLength(activation), style, ruler);
        const left = Math.max(0, Math.min(options.width - number.width, x + (line.width - number.width) / 2));
        const y = middle - size * 1.02;
        items.push({
          kind: 'text',
          x: left,
          y,
          line: number,
          style,
          colour: theme.activation,
          markColour: theme.activation,
        });
      }
      x += line.width;
    }
  });
  const showsPeak = text.peak === null || rows.flat().some(({ token }) => token === text.peak);
  return { items, height: rows.length * pitch, first, showsPeak };
}

/** The shade behind a token, without the space before it, and a line below it that is seen however weak the shade is. */
function shadeItems(
  { runs, width }: Line,
  { x, middle, size }: { x: number; middle: number; size: number },
  step: number,
  theme: Theme,
): Item[] {
  const space = runs[0]?.text.startsWith(' ') && runs[0].text.trim() !== '' ? size * SPACE : 0;
  const box = { x: x + space, width: width - space, radius: size * 0.1 };
  const foot = middle + size * 0.66;
  const thick = Math.max(1, size * UNDERLINE);
  return [
    { kind: 'box', ...box, y: middle - size * 0.66, height: size * 1.32, fill: shade(theme, step) },
    { kind: 'box', ...box, y: foot - thick, height: thick, radius: 0, fill: theme.activation },
  ];
}

/** A right-to-left word and the space before it, which stands on its other side, as two. */
function withoutSpaceBefore({ line, token }: Box): Box[] {
  const [first, ...rest] = line.runs;
  const isRight = rest.some(({ text }) => isRightToLeft(text));
  if (!first || !isRight || first.text.trim() !== '') return [{ line, token }];
  return [
    { line: { runs: [first], width: first.width }, token: -1 },
    { line: { runs: rest, width: line.width - first.width }, token },
  ];
}

/** Words of a right-to-left script stand from right to left, over as many tokens as they are. */
function inVisualOrder(row: readonly Box[]): readonly Box[] {
  const texts = row
    .flatMap(withoutSpaceBefore)
    .map((box) => ({ box, text: box.line.runs.map(({ text }) => text).join('') }));
  return visualOrder(texts).map(({ box }) => box);
}

/** Tokens in lines, broken before tokens that begin with a space, or inside a word where it is too long. */
function flow(text: ShadedTokens, { width, size, ruler, lines }: ShadeOptions): Box[][] {
  const style = { size, bold: false };
  const measured = (pieces: VisiblePiece[]) =>
    shortened(measureLine(pieces, style, ruler), style, ruler, width);
  const boxes = text.tokens.map((token, index) => ({
    line: measured(flowingPieces(token, LIMITS.tokenLength)),
    token: index,
    breaks: /^\s/.test(token),
  }));
  /** A space at a line break is not shown. */
  const withoutSpace = (box: (typeof boxes)[number]) => {
    const word = text.tokens[box.token]?.replace(/^ +(?=.)/s, '');
    return word === undefined ? box : { ...box, line: measured(flowingPieces(word, LIMITS.tokenLength)) };
  };
  const quiet = (words: string) => ({
    line: measured([{ text: words, mark: true }]),
    token: -1,
    breaks: true,
  });
  if (text.cut) boxes.unshift(quiet('… '));
  if (text.rest) boxes.push(quiet(` ${text.rest}`));
  const rows: Box[][] = [[]];
  let used = 0;
  for (let at = 0; at < boxes.length; ) {
    let end = at + 1;
    while (end < boxes.length && !boxes[end]!.breaks) end++;
    // A word of many tokens that fits no line is broken between them.
    let whole = boxes.slice(at, end);
    if (widthOf(whole) > width) whole = boxes.slice(at, at + 1);
    if (used > 0 && used + widthOf(whole) > width) {
      if (rows.length === lines) {
        rows.at(-1)!.push(quiet('…'));
        return rows;
      }
      rows.push([]);
      used = 0;
      whole = [withoutSpace(whole[0]!), ...whole.slice(1)];
    }
    rows.at(-1)!.push(...whole);
    used += widthOf(whole);
    at += whole.length;
  }
  return rows;
}

function widthOf(boxes: readonly Box[]): number {
  return boxes.reduce((sum, { line }) => sum + line.width, 0);
}

/** Which shade: 0 for none; any activation above 0 has one. */
function shadeOf(activation: number, max: number): number {
  if (!(activation > 0) || !(max > 0)) return 0;
  return Math.max(1, Math.round(Math.min(1, activation / max) * SHADES));
}

/** Colours of text on a shade: the ink, or the background's colour where that is easier to read. */
function coloursOn(step: number, isOurs: boolean, theme: Theme): { colour: string; markColour: string } {
  if (step === 0) return { colour: isOurs ? theme.quiet : theme.ink, markColour: theme.quiet };
  const colour = moreLegible(theme.ink, theme.background, shade(theme, step));
  return { colour, markColour: colour };
}

function shade(theme: Theme, step: number): string {
  return between(theme.background, theme.activation, step / SHADES);
}

/** Every shade of a theme, the weakest first. */
export function shades(theme: Theme): string[] {
  return Array.from({ length: SHADES }, (_, step) => shade(theme, step + 1));
}
