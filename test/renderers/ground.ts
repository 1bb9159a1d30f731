import { createCanvas, loadImage } from 'canvas';
import { expect } from 'vitest';

/** What lies behind everything, in each theme. */
export const GROUNDS = [
  ['dark', [0x0f, 0x14, 0x19]],
  ['light', [0xff, 0xff, 0xff]],
] as const;

/** The picture has the size that it is said to have, and the theme's colour in its corner. */
export async function expectGround(
  { png, width, height }: { png: Buffer; width: number; height: number },
  ground: readonly number[],
): Promise<void> {
  const image = await loadImage(png);
  expect([image.width, image.height]).toEqual([width, height]);
  const context = createCanvas(1, 1).getContext('2d');
  context.drawImage(image, 0, 0);
  expect([...context.getImageData(0, 0, 1, 1).data].slice(0, 3)).toEqual([...ground]);
}
