/** The definition tree: branches under their labels, in the colours that the picture gives them. */
import type { TreeNode } from '../../src/core/report/feature.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { LINE_HEIGHT, type PlacedBranch, ROOT_WIDTH, type TreeLayout } from '../tree/layout.js';

const NUMBER_GAP = 10; // pixels between number and text
/** Thickness of a dashed line at most: a thick one is no line any more. */
const MUTED = 3;
const STUB = 8; // pixels between a branch's end and the number

/** Colours of one branch. */
export interface BranchLook {
  curve: string;
  number: string;
  text: string;
  /** Whether the line is dashed: any vector says it. */
  isMuted?: true;
}

export function treePanel(
  layout: TreeLayout,
  lookOf: (placed: PlacedBranch) => BranchLook,
  theme: Theme,
): Panel {
  const items: Item[] = [];
  // Weak branches first, so that strong ones lie above them where they leave the same node.
  const byStrength = [...layout.branches].sort((a, b) => a.thickness - b.thickness);
  for (const placed of byStrength) {
    const { parent } = placed;
    if (!parent) continue;
    const { curve, isMuted = false } = lookOf(placed);
    items.push({
      kind: 'curve',
      x0: parent.left + parent.width + (parent.parent ? STUB : 0),
      y0: parent.middle,
      x1: placed.left - STUB,
      y1: placed.middle,
      thickness: isMuted ? Math.min(placed.thickness, MUTED) : placed.thickness,
      colour: curve,
      dashed: isMuted,
    });
  }
  for (const placed of layout.branches) items.push(...label(placed, lookOf(placed), theme));
  return { width: layout.width, height: layout.height, items };
}

/** The strongest definitions' paths in the accent colour, connecting words quiet, generic branches muted. */
export function featureLook(highlighted: ReadonlySet<TreeNode>, theme: Theme) {
  return ({ branch }: PlacedBranch): BranchLook => {
    if (branch.last.generic) return mutedLook(theme);
    const strong = branch.tokens.some((node) => highlighted.has(node));
    return {
      curve: strong ? theme.accent : theme.branch,
      number: strong ? theme.accent : theme.quiet,
      text: branch.last.connector ? theme.quiet : theme.ink,
    };
  };
}

/** What any ghost says. */
export function mutedLook(theme: Theme): BranchLook {
  return { curve: theme.branch, number: theme.quiet, text: theme.quiet, isMuted: true };
}

function label(placed: PlacedBranch, look: BranchLook, theme: Theme): Item[] {
  const { left, middle, style, lines, number, numberStyle } = placed;
  if (!placed.parent)
    return [{ kind: 'dot', x: left + ROOT_WIDTH / 2, y: middle, radius: ROOT_WIDTH / 2, fill: theme.accent }];
  const lineHeight = style.size * LINE_HEIGHT;
  const first = middle - ((lines.length - 1) * lineHeight) / 2;
  const text = left + number.width + NUMBER_GAP;
  return [
    {
      kind: 'text',
      x: left,
      y: first,
      line: number,
      style: numberStyle,
      colour: look.number,
      markColour: theme.quiet,
    },
    ...lines.map(
      (line, index): Item => ({
        kind: 'text',
        x: text,
        y: first + index * lineHeight,
        line,
        style,
        colour: look.text,
        markColour: theme.quiet,
      }),
    ),
  ];
}
