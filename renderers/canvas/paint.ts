/** Paints a scene and encodes it, in slices: a chat bot must answer its platform while it draws. */
import type { CanvasRenderingContext2D as Context } from 'canvas';
import type { Item, Scene } from '../sheet/scene.js';
import { BAND, bandPath, HATCH_LINE, hatchLines } from '../sheet/shapes.js';
import { visualOrder } from '../sheet/visualOrder.js';
import { cssFont, loadCanvas } from './fonts.js';
import { encodePng } from './png.js';

const SLICE = 12; // milliseconds of painting between two breaths of the event loop

/** @returns the PNG of the scene */
export async function paint(scene: Scene): Promise<Buffer> {
  const library = await loadCanvas();
  const canvas = library.createCanvas(Math.ceil(scene.width), Math.ceil(scene.height));
  const context = canvas.getContext('2d');
  context.textBaseline = 'alphabetic';
  context.fillStyle = scene.background;
  context.fillRect(0, 0, canvas.width, canvas.height);
  let since = performance.now();
  for (const { x, y, panel } of scene.panels) {
    context.setTransform(1, 0, 0, 1, x, y);
    for (const item of panel.items) {
      paintItem(library, context, item);
      if (performance.now() - since < SLICE) continue;
      await new Promise((resolve) => setImmediate(resolve));
      since = performance.now();
    }
  }
  const { width, height } = canvas;
  const raw = canvas.toBuffer('raw');
  // Frees the pixels now rather than when the garbage collector notices the small object that holds them.
  canvas.width = 1;
  canvas.height = 1;
  const pixels = new Uint32Array(raw.buffer, raw.byteOffset, width * height);
  return encodePng(pixels, width, height, scene.exactColours);
}

function paintItem(library: typeof import('canvas'), context: Context, item: Item): void {
  if (item.kind === 'text') {
    let x = item.x;
    for (const run of visualOrder(item.line.runs)) {
      context.font = cssFont(library, run, item.style);
      context.fillStyle = run.mark ? item.markColour : item.colour;
      context.fillText(run.text, x, item.y + item.style.size * 0.36);
      x += run.width;
    }
    return;
  }
  context.beginPath();
  if (item.kind === 'line') {
    context.lineWidth = item.thickness;
    context.strokeStyle = item.colour;
    context.lineCap = 'round';
    context.setLineDash([]);
    context.moveTo(item.x0, item.y0);
    context.lineTo(item.x1, item.y1);
    context.stroke();
    context.lineCap = 'butt';
    return;
  }
  if (item.kind === 'hatch') {
    context.lineWidth = HATCH_LINE;
    context.strokeStyle = item.colour;
    context.setLineDash([]);
    for (const { x0, y0, x1, y1 } of hatchLines(item)) {
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
    }
    context.stroke();
    return;
  }
  if (item.kind === 'curve' && item.thickness > BAND && !item.dashed) {
    const { top, bottom, middle, left, right, height } = bandPath(item);
    context.fillStyle = item.colour;
    context.moveTo(left, top);
    context.bezierCurveTo(middle, top, middle, bottom, right, bottom);
    context.lineTo(right, bottom + height);
    context.bezierCurveTo(middle, bottom + height, middle, top + height, left, top + height);
    context.closePath();
    context.fill();
    return;
  }
  if (item.kind === 'curve') {
    const middle = (item.x0 + item.x1) / 2;
    context.lineWidth = item.thickness;
    context.strokeStyle = item.colour;
    context.setLineDash(item.dashed ? [6, 5] : []);
    context.moveTo(item.x0, item.y0);
    context.bezierCurveTo(middle, item.y0, middle, item.y1, item.x1, item.y1);
    context.stroke();
    return;
  }
  context.fillStyle = item.kind === 'box' || item.kind === 'dot' ? item.fill : '';
  if (item.kind === 'dot') context.arc(item.x, item.y, item.radius, 0, 2 * Math.PI);
  else context.roundRect(item.x, item.y, item.width, item.height, item.radius);
  context.fill();
}
