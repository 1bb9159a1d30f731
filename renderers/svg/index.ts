/** A scene as SVG, with text that can be searched, read aloud and copied. Pure. */
import type { Item, Scene } from '../sheet/scene.js';
import { BAND, bandPath, HATCH_LINE, hatchLines } from '../sheet/shapes.js';
import { visualOrder } from '../sheet/visualOrder.js';

/** Shown where the reader has no Noto: the measured places of words are those of Noto. */
const FONTS = "'Noto Sans', 'Noto Sans CJK SC', 'Noto Emoji', sans-serif";
/** From the middle of a line to its base line, of the type's size; as in canvas/paint.ts. */
const BASELINE = 0.36;

/**
 * @param title of the picture
 * @param description the picture in words
 */
export function sceneSvg(scene: Scene, title: string, description: string): string {
  const { width, height, background, panels } = scene;
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" aria-labelledby="title desc" font-family="${FONTS}">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="desc">${escaped(description)}</desc>`,
    `<rect width="${w}" height="${h}" fill="${background}"/>`,
    ...panels.flatMap(({ x, y, panel }) => [
      `<g transform="translate(${short(x)} ${short(y)})">`,
      ...panel.items.map(itemSvg),
      '</g>',
    ]),
    '</svg>',
    '',
  ].join('\n');
}

function itemSvg(item: Item): string {
  switch (item.kind) {
    case 'box':
      return `<rect ${numbers({ x: item.x, y: item.y, width: item.width, height: item.height, rx: item.radius })} fill="${item.fill}"/>`;
    case 'dot':
      return `<circle ${numbers({ cx: item.x, cy: item.y, r: item.radius })} fill="${item.fill}"/>`;
    case 'line':
      return `<line ${numbers({ x1: item.x0, y1: item.y0, x2: item.x1, y2: item.y1, 'stroke-width': item.thickness })} stroke="${item.colour}" stroke-linecap="round"/>`;
    case 'hatch': {
      const lines = hatchLines(item).map(
        ({ x0, y0, x1, y1 }) => `M${short(x0)} ${short(y0)}L${short(x1)} ${short(y1)}`,
      );
      return `<path d="${lines.join('')}" stroke="${item.colour}" stroke-width="${HATCH_LINE}"/>`;
    }
    case 'curve':
      return curveSvg(item);
    case 'text':
      return textSvg(item);
  }
}

function curveSvg(item: Extract<Item, { kind: 'curve' }>): string {
  const { x0, y0, x1, y1, thickness, colour, dashed } = item;
  const bend = (middle: number, from: number, to: number, x: number) =>
    `C${short(middle)} ${short(from)} ${short(middle)} ${short(to)} ${short(x)} ${short(to)}`;
  if (thickness > BAND && !dashed) {
    const { top, bottom, middle, left, right, height } = bandPath(item);
    const over = `M${short(left)} ${short(top)}${bend(middle, top, bottom, right)}`;
    const back = `V${short(bottom + height)}${bend(middle, bottom + height, top + height, left)}Z`;
    return `<path d="${over}${back}" fill="${colour}"/>`;
  }
  const path = `M${short(x0)} ${short(y0)}${bend((x0 + x1) / 2, y0, y1, x1)}`;
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${short(thickness)}"${dashed ? ' stroke-dasharray="6 5"' : ''}/>`;
}

/** Each run at its measured place, so that no reader's font moves what comes after it. */
function textSvg({ x, y, line, style, colour, markColour }: Extract<Item, { kind: 'text' }>): string {
  if (line.runs.length === 0) return '';
  let at = x;
  const runs = visualOrder(line.runs).map(({ text, mark, width }) => {
    const fill = mark && markColour !== colour ? ` fill="${markColour}"` : '';
    const run = `<tspan x="${short(at)}"${fill}>${escaped(text)}</tspan>`;
    at += width;
    return run;
  });
  const bold = style.bold ? ' font-weight="bold"' : '';
  return `<text y="${short(y + style.size * BASELINE)}" font-size="${style.size}"${bold} fill="${colour}" xml:space="preserve">${runs.join('')}</text>`;
}

function numbers(values: Readonly<Record<string, number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${short(value)}"`)
    .join(' ');
}

/** Hundredths of a pixel are seen by nobody. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** What XML cannot hold, which no shown text has, is left out. */
function escaped(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
