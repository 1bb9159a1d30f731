/** Panels one below the other: the frame of pictures that need no other layout. */
import { paint } from './canvas/paint.js';
import type { Panel } from './scene.js';
import type { Theme } from './theme.js';

const MARGIN = 40; // pixels

/** @param colours besides those of the theme that the PNG must keep as they are */
export async function paintColumn(
  column: readonly Panel[],
  gap: number,
  theme: Theme,
  colours: readonly string[],
): Promise<{ png: Buffer; width: number; height: number }> {
  let y = MARGIN;
  const panels = column.map((panel) => {
    const placed = { x: MARGIN, y, panel };
    y += panel.height + gap;
    return placed;
  });
  const width = Math.max(...column.map((panel) => panel.width)) + 2 * MARGIN;
  const height = Math.ceil(y - gap + MARGIN * 0.6);
  const exactColours = [...Object.values(theme), ...colours];
  return {
    png: await paint({ width, height, background: theme.background, exactColours, panels }),
    width,
    height,
  };
}
