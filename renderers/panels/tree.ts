/** The definition tree: branches under their labels, the strongest definitions' paths in the accent colour, generic branches muted. */
import type { TreeNode } from '../../src/core/report.js';
import type { Item, Panel } from '../scene.js';
import type { Theme } from '../theme.js';
import { LINE_HEIGHT, type PlacedBranch, ROOT_WIDTH, type TreeLayout } from '../tree/layout.js';

const NUMBER_GAP = 10; // pixels between number and text
const STUB = 8; // pixels between a branch's end and the number

export function treePanel(layout: TreeLayout, highlighted: ReadonlySet<TreeNode>, theme: Theme): Panel {
  const items: Item[] = [];
  // Weak branches first, so that strong ones lie above them where they leave the same node.
  const byStrength = [...layout.branches].sort((a, b) => a.thickness - b.thickness);
  for (const placed of byStrength) {
    const { parent } = placed;
    if (!parent) continue;
    items.push({
      kind: 'curve',
      x0: parent.left + parent.width + (parent.parent ? STUB : 0),
      y0: parent.middle,
      x1: placed.left - STUB,
      y1: placed.middle,
      thickness: placed.thickness,
      colour: isGeneric(placed) ? theme.rule : isStrong(placed, highlighted) ? theme.accent : theme.branch,
      dashed: false,
    });
  }
  for (const placed of layout.branches) items.push(...label(placed, highlighted, theme));
  return { width: layout.width, height: layout.height, items };
}

function isStrong(placed: PlacedBranch, highlighted: ReadonlySet<TreeNode>): boolean {
  return placed.branch.tokens.some((node) => highlighted.has(node));
}

function isGeneric({ branch }: PlacedBranch): boolean {
  return branch.last.generic === true;
}

function label(placed: PlacedBranch, highlighted: ReadonlySet<TreeNode>, theme: Theme): Item[] {
  const { left, middle, style, lines, number, numberStyle } = placed;
  if (!placed.parent)
    return [{ kind: 'dot', x: left + ROOT_WIDTH / 2, y: middle, radius: ROOT_WIDTH / 2, fill: theme.accent }];
  const generic = isGeneric(placed);
  const strong = !generic && isStrong(placed, highlighted);
  const lineHeight = style.size * LINE_HEIGHT;
  const first = middle - ((lines.length - 1) * lineHeight) / 2;
  const text = left + number.width + NUMBER_GAP;
  const items: Item[] = [
    {
      kind: 'text',
      x: left,
      y: first,
      line: number,
      style: numberStyle,
      colour: strong ? theme.accent : theme.quiet,
      markColour: theme.quiet,
    },
    ...lines.map(
      (line, index): Item => ({
        kind: 'text',
        x: text,
        y: first + index * lineHeight,
        line,
        style,
        colour: generic ? theme.quiet : theme.ink,
        markColour: theme.quiet,
      }),
    ),
  ];
  if (placed.branch.last.end) {
    const lastLine = lines.at(-1);
    const x = text + (lastLine?.width ?? 0) + style.size * 0.45;
    items.push({
      kind: 'dot',
      x,
      y: first + (lines.length - 1) * lineHeight,
      radius: style.size * 0.22,
      fill: generic ? theme.branch : theme.end,
    });
  }
  return items;
}
