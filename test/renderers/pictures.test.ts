import { loadImage } from 'canvas';
import { expect, test } from 'vitest';
import { drawCard } from '../../renderers/index.js';
import { comparePicture } from '../support/pictures.js';
import { node, rootOf } from '../support/trees.js';
import { report } from './reports.js';

test('a picture that is another one fails, and its difference is an image', async () => {
  const other = await drawCard(report(rootOf(node(1, 0.5)), ['a']), { theme: 'dark' });
  const failure = (await comparePicture('feature', other.png).catch((error) => error)) as Error;
  expect(failure.message).toMatch(/^The picture feature is another one \(\d+\.\d\d% of its pixels; /);
  const path = failure.message.split(': see ')[1]!;
  const { width, height } = await loadImage(path);
  expect(width).toBeGreaterThanOrEqual(3 * other.width);
  expect(height).toBeGreaterThanOrEqual(other.height);
});

test('a picture without a baseline is named', async () => {
  await expect(comparePicture('nothing', Buffer.of())).rejects.toThrow(/pictures\/nothing\.png is missing/);
});
