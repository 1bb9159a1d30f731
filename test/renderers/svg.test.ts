import { loadImage } from 'canvas';
import { expect, test } from 'vitest';
import { drawCard, drawWordTree } from '../../renderers/index.js';
import type { Scene } from '../../renderers/sheet/scene.js';
import { sceneSvg } from '../../renderers/svg/index.js';
import { englishTree, report } from './reports.js';

const shown = report(englishTree(300), [' a<b>', '&', '"quoted"', 'שלום עולם', '\u0000']);

test.each([
  ['card', drawCard],
  ['word tree', drawWordTree],
])('the SVG of a %s has its words as text, a title and a description', async (_, draw) => {
  const { scene, width, height, alt } = await draw(shown);
  const svg = sceneSvg(scene, 'L0 & F0', alt);
  expect(svg).toContain('<title id="title">L0 &amp; F0</title>');
  expect(svg).toContain('<desc id="desc">');
  expect(svg).toContain(`viewBox="0 0 ${width} ${height}"`);
  expect(svg).toMatch(/>a&lt;b&gt;</);
  expect(svg).not.toMatch(/<text[^>]*><\/text>|\u0000|NaN|undefined/);
  // Another program reads it, in its size.
  const image = await loadImage(Buffer.from(svg));
  expect([image.width, image.height]).toEqual([width, height]);
});

test('a scene is plain data', async () => {
  const { scene } = await drawCard(shown);
  const read = JSON.parse(JSON.stringify(scene)) as Scene;
  expect(sceneSvg(read, 'a', 'b')).toBe(sceneSvg(scene, 'a', 'b'));
});
