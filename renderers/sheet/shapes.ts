/** Outlines of items that are more than a line or a box, the same wherever a scene is painted. Pure. */
import type { Item } from './scene.js';

/** Thickness in pixels above which a curve is a band. */
export const BAND = 4;
/** Pixels from line to line of a hatched area, and the thickness of each. */
const HATCH = 12;
export const HATCH_LINE = 2;

type Of<Kind extends Item['kind']> = Extract<Item, { kind: Kind }>;

/** A band's ends: heights of its upper edge, left and right, and the x at which its curves bend. */
export function bandPath({ x0, y0, x1, y1, thickness }: Of<'curve'>) {
  return {
    left: x0,
    right: x1,
    middle: (x0 + x1) / 2,
    top: y0 - thickness / 2,
    bottom: y1 - thickness / 2,
    height: thickness,
  };
}

/** Diagonals from lower left to upper right, cut at the area's edges. */
export function hatchLines({ x, y, width, height }: Omit<Of<'hatch'>, 'kind' | 'colour'>) {
  const lines: { x0: number; y0: number; x1: number; y1: number }[] = [];
  for (let at = HATCH / 2; at < width + height; at += HATCH) {
    const x0 = Math.max(0, at - height);
    const x1 = Math.min(width, at);
    lines.push({ x0: x + x0, y0: y + at - x0, x1: x + x1, y1: y + at - x1 });
  }
  return lines;
}
