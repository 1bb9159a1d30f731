/** Panels one below the other: the frame of pictures that need no other layout. */
import { stacked } from '../sheet/arrange.js';
import type { Pen } from '../sheet/pen.js';
import type { Panel, Scene } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { paint } from './paint.js';
import { canvasRuler } from './ruler.js';

export interface DrawnColumn {
  png: Buffer;
  /** Pixels. */
  width: number;
  height: number;
  /** What was painted, for other formats. */
  scene: Scene;
}

/** A picture with its alt text, as the drawing functions return it. */
export interface ColumnPicture extends DrawnColumn {
  /** The picture in words, for screen readers and for chats that cannot show it. */
  alt: string;
}

/** Lengths of most columns in pixels. */
export const COLUMN = {
  /** Width inside the margins. */
  width: 1_320,
  /** Size of the large type: 14 px in a thumbnail 500 px wide. */
  unit: 39,
} as const;

const MARGIN = 40; // pixels

/** How a column is written. @param unit size of the large type in pixels */
export async function columnPen(theme: Theme, unit: number = COLUMN.unit): Promise<Pen> {
  return { theme, ruler: await canvasRuler(), unit };
}

/**
 * @param colours besides those of the theme, that the PNG must reproduce exactly
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function paintColumn(
  panels: readonly Panel[],
  gap: number,
  theme: Theme,
  colours: readonly string[] = [],
): Promise<DrawnColumn> {
  const panel = stacked(panels, gap);
  const width = panel.width + 2 * MARGIN;
  const height = Math.ceil(MARGIN + panel.height + MARGIN * 0.6);
  const { background } = theme;
  const exactColours = [...Object.values(theme), ...colours];
  const placed = [{ x: MARGIN, y: MARGIN, panel }];
  const scene = { width, height, background, exactColours, panels: placed };
  return { png: await paint(scene), width, height, scene };
}
