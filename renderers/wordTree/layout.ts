/** Positions of a word tree: a row for each leaf, a parent beside the middle of its children, bands stacked on its edge. */
import { formatProbability } from '../../src/text/numbers.js';
import type { VisiblePiece } from '../../src/text/visibleToken.js';
import { LIMITS } from '../sheet/limits.js';
import { flowingPieces, type Line, measureWords, type Ruler, type Style, wrap } from '../sheet/typeset.js';
import type { Run } from './rows.js';

/** Height of a band in pixels for 1 % of the probability, the same in every picture. */
export const BAND_PERCENT = 4;
/** Pixels between a parent's edge and its children's labels. */
const REACH = 84;
const ROOT_WIDTH = 18;
const WIDEST = 560;
const MOST_LINES = 3;
const NUMBER_GAP = 10;
const ROW_GAP = 8;
/** Sizes of the type: of the weakest, and of what is said always; between by the root of the probability. */
const TYPE = { least: 27, most: 50 };
const LINE = 1.25; // of the type's size

export interface PlacedRun {
  run: Run;
  /** Undefined at the root. */
  parent?: PlacedRun;
  left: number;
  /** Of the label, its number included. */
  width: number;
  middle: number;
  height: number;
  style: Style;
  lines: Line[];
  number: Line;
  numberStyle: Style;
  /** Where its band leaves the parent's edge: the band's upper end, in pixels below the parent's upper end. */
  leaves: number;
  numberWidth: number;
}

export interface WordLayout {
  runs: PlacedRun[];
  width: number;
  height: number;
}

export function bandHeight(probability: number): number {
  return 100 * BAND_PERCENT * probability;
}

export function layoutWords(root: Run, ruler: Ruler): WordLayout {
  // Parents before their children, brothers from top to bottom.
  const order: PlacedRun[] = [];
  const children = new Map<PlacedRun, PlacedRun[]>();
  const stack = [measured(root, ruler)];
  while (stack.length > 0) {
    const parent = stack.pop()!;
    order.push(parent);
    let leaves = 0;
    const placed = parent.run.children.map((run) => {
      const child = { ...measured(run, ruler, parent), leaves };
      leaves += bandHeight(run.first);
      return child;
    });
    children.set(parent, placed);
    stack.push(...[...placed].reverse());
  }
  const blocks = new Map<PlacedRun, number>();
  const inside = (placed: PlacedRun) =>
    children.get(placed)!.reduce((sum, child) => sum + blocks.get(child)! + ROW_GAP, -ROW_GAP);
  for (const placed of [...order].reverse()) blocks.set(placed, Math.max(placed.height, inside(placed)));
  const tops = new Map([[order[0]!, 0]]);
  for (const placed of order) {
    let y = tops.get(placed)! + (blocks.get(placed)! - inside(placed)) / 2;
    for (const child of children.get(placed)!) {
      tops.set(child, y);
      y += blocks.get(child)! + ROW_GAP;
    }
  }
  for (const placed of [...order].reverse()) {
    const below = children.get(placed)!;
    const top = tops.get(placed)!;
    const half = placed.height / 2;
    const wanted =
      below.length > 0 ? (below[0]!.middle + below.at(-1)!.middle) / 2 : top + blocks.get(placed)! / 2;
    placed.middle = Math.min(top + blocks.get(placed)! - half, Math.max(top + half, wanted));
  }
  return {
    runs: order,
    width: Math.max(...order.map(({ left, width }) => left + width)),
    height: blocks.get(order[0]!)!,
  };
}

function measured(run: Run, ruler: Ruler, parent?: PlacedRun): PlacedRun {
  const style = { size: typeSize(run.last), bold: false };
  const numberStyle = { size: Math.max(22, Math.round(style.size * 0.72)), bold: true };
  const lines = parent ? wrap(labelChunks(run, parent.run), style, ruler, WIDEST, MOST_LINES, ' […]') : [];
  const number = measureWords(
    parent && run.stands?.for !== 'more' ? formatProbability(run.last) : '',
    numberStyle,
    ruler,
  );
  const text = Math.max(0, ...lines.map(({ width }) => width));
  const numberWidth = number.width > 0 ? number.width + NUMBER_GAP : 0;
  const left = parent ? parent.left + parent.width + REACH : 0;
  return {
    run,
    ...(parent && { parent }),
    left,
    width: parent ? numberWidth + text + 10 : ROOT_WIDTH,
    middle: 0,
    height: Math.max(lines.length * style.size * LINE, bandHeight(parent ? run.first : 1)),
    style,
    lines,
    number,
    numberStyle,
    numberWidth,
    leaves: 0,
  };
}

function typeSize(probability: number): number {
  return Math.round(TYPE.least + (TYPE.most - TYPE.least) * Math.sqrt(Math.min(1, probability)));
}

export const LABEL_PITCH = LINE;

/** A chunk for each word, connecting words in the quiet colour of marks. */
function labelChunks({ words, stands, last, open }: Run, parent: Run): VisiblePiece[][] {
  if (stands?.for === 'end') return [[{ text: 'ends here', mark: true }]];
  if (stands?.for === 'more')
    return [[{ text: `+ ${stands.words} more, ${formatProbability(last)}`, mark: true }]];
  const chunks = words.map(({ text, connector, generic }, index) => {
    const before = index === 0 && parent.words.length === 0 ? '' : text;
    const shown = index === 0 ? text.replace(/^ +(?=.)/s, '') : before || text;
    return flowingPieces(shown, LIMITS.tokenLength).map((piece) => ({
      ...piece,
      mark: piece.mark || connector || generic,
    }));
  });
  return open ? [...chunks, [{ text: ' …', mark: true }]] : chunks;
}
