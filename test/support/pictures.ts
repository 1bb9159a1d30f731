import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createCanvas, type Image, loadImage } from 'canvas';
import pixelmatch from 'pixelmatch';
import { fixture } from './tinyModel.js';

/** Difference in colour, 0..1, from which a pixel is another one. */
const THRESHOLD = 0.1;

/** Share of other pixels that edges of letters may come to where another version of a library draws them. */
const TOLERANCE = 0.002;

/** Where what was drawn and what differs is left when a picture is another one. */
const FAILURES = resolve('out/pictures');

/**
 * A picture looks as its baseline in test/fixtures/pictures does. Where it shall look otherwise from now on, baselines
 * are written anew with `RENEW_PICTURES=1 npx vitest run`, looked at, and committed.
 *
 * @throws when it does not, with the path of an image that shows baseline, picture and difference side by side
 */
export async function expectPicture(name: string, png: Buffer): Promise<void> {
  if (process.env.RENEW_PICTURES === '1') await writeFile(baselineOf(name), png);
  else await comparePicture(name, png);
}

/** As `expectPicture`, where baselines are never written. */
export async function comparePicture(name: string, png: Buffer): Promise<void> {
  const file = baselineOf(name);
  if (!existsSync(file)) throw new Error(`${file} is missing: write it with RENEW_PICTURES=1`);
  const [expected, drawn] = [await loadImage(await readFile(file)), await loadImage(png)];
  const size = {
    width: Math.max(expected.width, drawn.width),
    height: Math.max(expected.height, drawn.height),
  };
  const difference = createCanvas(size.width, size.height);
  const marked = difference.getContext('2d').createImageData(size.width, size.height);
  const others = pixelmatch(
    pixels(expected, size),
    pixels(drawn, size),
    marked.data,
    size.width,
    size.height,
    { threshold: THRESHOLD },
  );
  const share = others / (size.width * size.height);
  const isSize = expected.width === drawn.width && expected.height === drawn.height;
  if (isSize && share <= TOLERANCE) return;
  difference.getContext('2d').putImageData(marked, 0, 0);
  const path = await besides(name, [expected, drawn, difference], size);
  throw new Error(
    `The picture ${name} is another one (${(100 * share).toFixed(2)}% of its pixels; ` +
      `${drawn.width}×${drawn.height} instead of ${expected.width}×${expected.height}): see ${path}`,
  );
}

function baselineOf(name: string): string {
  return fixture('pictures', `${name}.png`);
}

interface Size {
  width: number;
  height: number;
}

function pixels(image: Image, { width, height }: Size): Uint8ClampedArray {
  const context = createCanvas(width, height).getContext('2d');
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

/** Writes images side by side. @returns where */
async function besides(
  name: string,
  images: Parameters<ReturnType<ReturnType<typeof createCanvas>['getContext']>['drawImage']>[0][],
  { width, height }: Size,
): Promise<string> {
  const canvas = createCanvas(width * images.length, height);
  for (const [index, image] of images.entries()) canvas.getContext('2d').drawImage(image, index * width, 0);
  await mkdir(FAILURES, { recursive: true });
  const path = join(FAILURES, `${name}.png`);
  await writeFile(path, canvas.toBuffer('image/png'));
  return path;
}
