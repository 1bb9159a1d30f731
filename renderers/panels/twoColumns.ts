/** A box with two columns side by side, the larger type of a picture. */
import { moved } from '../sheet/arrange.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';

export interface Column {
  items: Item[];
  height: number;
}

/**
 * @param padding space between the box and what is in it
 * @param rightAt where the right column begins
 * @param unit the picture's large type in pixels
 */
export function twoColumns(
  left: Column,
  right: Column,
  { width, padding, rightAt, unit }: { width: number; padding: number; rightAt: number; unit: number },
  theme: Theme,
): Panel {
  const height = Math.max(left.height, right.height) + 2 * padding;
  return {
    width,
    height,
    items: [
      { kind: 'box', x: 0, y: 0, width, height, radius: unit * 0.35, fill: theme.panel },
      ...moved(left.items, padding, padding),
      ...moved(right.items, rightAt, padding),
    ],
  };
}
