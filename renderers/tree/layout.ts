/** Positions for branches and labels: left to right, one row or more for each leaf, nothing overlaps. */
import { cluster, hierarchy } from 'd3-hierarchy';
import { formatProbability } from '../../src/text/numbers.js';
import type { VisiblePiece } from '../../src/text/visibleToken.js';
import { LIMITS } from '../sheet/limits.js';
import { flowingPieces, type Line, measureWords, type Ruler, type Style, wrap } from '../sheet/typeset.js';
import type { Branch } from './branch.js';
import type { StrengthScale } from './strength.js';

export interface PlacedBranch {
  branch: Branch;
  parent: PlacedBranch | null;
  /** Left edge of the label. */
  left: number;
  /** Vertical middle of the label. */
  middle: number;
  /** Width of the label with its number. */
  width: number;
  height: number;
  style: Style;
  lines: Line[];
  number: Line;
  numberStyle: Style;
  thickness: number;
}

export interface TreeLayout {
  branches: PlacedBranch[];
  width: number;
  height: number;
}

const GAP = 76; // pixels between a label and its children: room for the curves
const WIDEST_LABEL = 460;
const MOST_LINES = 8;
export const ROOT_WIDTH = 26;
export const LINE_HEIGHT = 1.22; // of the type's size
const NUMBER_GAP = 10;

export function layoutTree(root: Branch, scale: StrengthScale, ruler: Ruler): TreeLayout {
  const measured = new Map<Branch, PlacedBranch>();
  const tree = hierarchy(root, (branch) => branch.children);
  tree.each(({ data }) => {
    measured.set(data, measure(data, scale, ruler));
  });
  // cluster() gives each leaf its own rows and puts a parent in the middle of its children.
  const place = cluster<Branch>()
    .nodeSize([1, 1])
    .separation((a, b) => (measured.get(a.data)!.height + measured.get(b.data)!.height) / 2 + scale.rowGap);
  const branches: PlacedBranch[] = [];
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  let right = 0;
  place(tree).eachBefore((point) => {
    const placed = measured.get(point.data)!;
    placed.parent = point.parent ? measured.get(point.parent.data)! : null;
    placed.left = placed.parent ? placed.parent.left + placed.parent.width + GAP : 0;
    placed.middle = point.x;
    top = Math.min(top, placed.middle - placed.height / 2);
    bottom = Math.max(bottom, placed.middle + placed.height / 2);
    right = Math.max(right, placed.left + placed.width);
    branches.push(placed);
  });
  for (const placed of branches) placed.middle -= top;
  return { branches, width: right, height: bottom - top };
}

function measure(branch: Branch, scale: StrengthScale, ruler: Ruler): PlacedBranch {
  const isRoot = branch.tokens.length === 0;
  const cumulative = branch.last.cumulative;
  const style = { size: isRoot ? 26 : scale.fontSize(cumulative), bold: false };
  const numberStyle = {
    size: Math.min(style.size, Math.max(12, Math.round(style.size * 0.72))),
    bold: false,
  };
  const lines = isRoot ? [] : wrap(labelChunks(branch), style, ruler, WIDEST_LABEL, MOST_LINES);
  const number = measureWords(isRoot ? '' : numberText(branch), numberStyle, ruler);
  const text = Math.max(0, ...lines.map((line) => line.width));
  const thickness = isRoot ? 0 : scale.thickness(cumulative);
  return {
    branch,
    parent: null,
    left: 0,
    middle: 0,
    width: isRoot ? ROOT_WIDTH : number.width + NUMBER_GAP + text,
    height: Math.max(lines.length * style.size * LINE_HEIGHT, thickness + 2, isRoot ? ROOT_WIDTH : 0),
    style,
    lines,
    number,
    numberStyle,
    thickness,
  };
}

/** One chunk for each word, with what stands right after it; a word that was begun in the label before starts with a tie. */
function labelChunks(branch: Branch): VisiblePiece[][] {
  const chunks: VisiblePiece[][] = [];
  for (const [index, node] of branch.tokens.entries()) {
    const pieces = flowingPieces(node.token, LIMITS.tokenLength);
    if (index > 0) {
      if (/^\s/.test(node.token)) chunks.push(pieces);
      else chunks.at(-1)!.push(...pieces);
      continue;
    }
    const continues = /[\p{L}\p{N}]$/u.test(branch.before) && /^[\p{L}\p{N}]/u.test(node.token);
    const [first, ...rest] = pieces;
    // Between labels the branch itself separates words, so the leading space would only waste room.
    if (first?.text === ' ') chunks.push(rest);
    else chunks.push(continues ? [{ text: '‿', mark: true }, ...pieces] : pieces);
  }
  return chunks;
}

/** The probability at a run's end; where it more than halves, at its start, too; where it is shared, in both trees. */
function numberText(branch: Branch): string {
  const first = branch.tokens[0]!.cumulative;
  const last = branch.last.cumulative;
  const { other } = branch.last;
  if (other !== undefined) return `${formatProbability(last)} | ${formatProbability(other)}`;
  return first > 2 * last
    ? `${formatProbability(first)}→${formatProbability(last)}`
    : formatProbability(last);
}
