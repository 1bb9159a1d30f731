/** One side of the picture: its strongest definitions in large type, its tree, its list. */

import type { ComparedSide } from '../../src/core/report/compare.js';
import { counted, formatCount, formatCutoff, formatProbability } from '../../src/text/numbers.js';
import { visiblePieces } from '../../src/text/visibleToken.js';
import { type ShownList, tokensPanel } from '../panels/tokens.js';
import { type BranchLook, mutedLook, treePanel } from '../panels/tree.js';
import { LIMITS } from '../sheet/limits.js';
import { lineItem, type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { measureWords, wrap } from '../sheet/typeset.js';
import { definitionChunks } from '../text/definitionChunks.js';
import { strongestDefinitions } from '../text/definitions.js';
import { settingWords } from '../text/settingWords.js';
import type { FittedTree } from '../tree/fit.js';
import type { PlacedBranch } from '../tree/layout.js';

const DEFINITIONS = 4;
const LINES_OF_ONE = 2;
const TOKENS = 8;
const DETAIL_SIZE = 21;
const LIST_COLUMNS = 4;

/** A side with its name and the colour of what it says alone. */
export interface Shown {
  side: ComparedSide;
  /** Share of its tree that the other side has, too. */
  shared: number;
  name: string;
  colour: string;
}

/** What a thumbnail shows: name and scale, the strongest definitions, the first tokens; what is shared is grey. */
export function saysPanel({ side, name, colour, shared }: Shown, pen: Pen, width: number): Panel {
  const { theme, ruler, unit } = pen;
  const padding = unit * 0.45;
  const items: Item[] = [];
  const inner = width - 2 * padding;
  const heading = words(name, { x: padding, y: unit * 0.85, size: unit * 0.95, bold: true, colour }, pen);
  const scale = `${settingWords(side)}, ${formatProbability(shared)} shared`;
  items.push(
    heading,
    words(
      scale,
      { x: width - padding, y: unit * 0.9, size: unit * 0.5, align: 'right', colour: theme.quiet },
      pen,
    ),
  );
  let y = unit * 1.65;
  const put = (rows: Row[]) => {
    const style = { size: Math.round(unit * 0.75), bold: false };
    const numbers = rows.map(({ number }) => measureWords(number, { ...style, bold: true }, ruler));
    const column = Math.max(0, ...numbers.map((line) => line.width));
    const indent = column > 0 ? column + unit * 0.4 : 0;
    const pitch = style.size * 1.3;
    rows.forEach((row, index) => {
      const number = { ...style, bold: true, x: padding + column, y: y + pitch / 2, align: 'right' as const };
      if (column > 0) items.push(lineItem(numbers[index]!, { ...number, colour: row.colour }, theme));
      for (const line of wrap(row.chunks, style, ruler, inner - indent, LINES_OF_ONE)) {
        const placed = { ...style, x: padding + indent, y: y + pitch / 2, colour: row.ink };
        items.push(lineItem(line, placed, theme));
        y += pitch;
      }
    });
  };
  put(definitionRows(side, colour, theme));
  y += unit * 0.35;
  items.push(
    words('nearest tokens', { x: padding, y, size: unit * 0.5, bold: true, colour: theme.quiet }, pen),
  );
  y += unit * 0.4;
  put([tokenRow(side, theme)]);
  const height = y + padding * 0.8;
  const box: Item = { kind: 'box', x: 0, y: 0, width, height, radius: unit * 0.35, fill: theme.panel };
  const edge: Item = { kind: 'box', x: 0, y: 0, width, height: 8, radius: 4, fill: colour };
  return { width, height, items: [box, edge, ...items] };
}

interface Row {
  number: string;
  chunks: ReturnType<typeof visiblePieces>[];
  colour: string;
  ink: string;
}

function definitionRows({ tree }: ComparedSide, colour: string, theme: Theme): Row[] {
  const definitions = strongestDefinitions(tree.root, DEFINITIONS);
  if (definitions.length === 0)
    return tree.candidates.slice(0, DEFINITIONS).map(({ token, probability }) => {
      const number = formatProbability(probability);
      return { number, chunks: [visiblePieces(token)], colour: theme.quiet, ink: theme.quiet };
    });
  return definitions.map((definition) => {
    const isOnlyHere = definition.path.at(-1)!.other === undefined && !definition.generic;
    const number = formatProbability(definition.probability);
    const chunks = definitionChunks(definition);
    return {
      number,
      chunks,
      colour: isOnlyHere ? colour : theme.quiet,
      ink: isOnlyHere ? theme.ink : theme.quiet,
    };
  });
}

/** The first tokens; those in both lists are drawn in the quiet colour of marks. */
function tokenRow({ tokens }: ComparedSide, theme: Theme): Row {
  const seenTexts = new Set<string>();
  const chunks = tokens.flatMap(({ token, otherRank }) => {
    const word = token.trim() || token;
    if (seenTexts.has(word) || seenTexts.size >= TOKENS) return [];
    seenTexts.add(word);
    const pieces = visiblePieces([...word].slice(0, LIMITS.tokenLength).join(''));
    const shown = pieces.map(({ text, mark }) => ({ text, mark: mark || otherRank !== null }));
    return [seenTexts.size === 1 ? shown : [{ text: '   ', mark: false }, ...shown]];
  });
  return { number: '', chunks, colour: theme.ink, ink: theme.ink };
}

/** The tree: branches of both sides in grey with both probabilities, branches of this side alone in its colour. */
export function sideTree({ side, colour }: Shown, fitted: FittedTree, pen: Pen, width: number): Panel {
  const { theme } = pen;
  const style = { size: DETAIL_SIZE, colour: theme.quiet, width };
  const top = DETAIL_SIZE * 2;
  const tree = treePanel(fitted.layout, comparedLook(colour, theme), theme);
  const detail = words(treeDetail(side, fitted), { x: 0, y: DETAIL_SIZE * 0.6, ...style }, pen);
  if (fitted.drawnNodes === 0) return { width, height: top, items: [detail] };
  return {
    width,
    height: top + tree.height,
    items: [detail, ...tree.items.map((item) => lowered(item, top))],
  };
}

function comparedLook(colour: string, theme: Theme) {
  return ({ branch: { last } }: PlacedBranch): BranchLook => {
    if (last.generic) return mutedLook(theme);
    const look =
      last.other === undefined
        ? { curve: colour, number: colour, text: colour, end: colour }
        : { curve: theme.branch, number: theme.quiet, text: theme.ink, end: theme.branch };
    return last.connector ? { ...look, text: theme.quiet } : look;
  };
}

function treeDetail({ tree }: ComparedSide, { drawnNodes, hiddenNodes, trim }: FittedTree): string {
  const all = drawnNodes + hiddenNodes;
  const exact = tree.complete ? '' : `, exact for cutoff ${formatCutoff(tree.cutoff)}: a budget ended growth`;
  if (all === 0) return `no definition reaches the cutoff ${formatCutoff(tree.cutoff)}`;
  const drawn =
    hiddenNodes > 0 ? `${formatCount(drawnNodes)} of ${counted(all, 'node')} drawn` : counted(all, 'node');
  return `${drawn}, those above ${formatCutoff(Math.max(trim, tree.cutoff))}${exact}`;
}

function lowered(item: Item, by: number): Item {
  return 'y0' in item ? { ...item, y0: item.y0 + by, y1: item.y1 + by } : { ...item, y: item.y + by };
}

/** The list; tokens that are in the other list, too, are grey and show their rank there. */
export function sideList({ side, colour }: Shown, { theme, ruler }: Pen, width: number): Panel {
  const list: ShownList = {
    title: 'nearest tokens; = rank in the other list',
    entries: side.tokens.map(({ rank, token, otherRank }) => ({
      rank,
      token,
      note: otherRank === null ? '' : `= ${otherRank}`,
      colour: otherRank === null ? colour : theme.quiet,
    })),
  };
  return tokensPanel(list, theme, ruler, width, LIST_COLUMNS);
}
