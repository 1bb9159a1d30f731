/** Measures runs with canvas and caches the widths, because every attempt to fit a tree measures the same tokens. */
import type { FontRun } from '../sheet/fontRuns.js';
import type { Ruler, Style } from '../sheet/typeset.js';
import { cssFont, loadCanvas } from './fonts.js';

const MOST_REMEMBERED = 50_000;
/** Widths are measured at one size and scaled: without hinting they are proportional. */
const MEASURED_SIZE = 100;
const widths = new Map<string, number>();

export async function canvasRuler(): Promise<Ruler> {
  const canvas = await loadCanvas();
  const context = canvas.createCanvas(1, 1).getContext('2d');
  return (run: FontRun, style: Style) => {
    const bold = style.bold && run.font === 0;
    const key = `${run.font}${bold ? 'b' : 'r'}${run.text}`;
    let width = widths.get(key);
    if (width === undefined) {
      context.font = cssFont(canvas, run, { size: MEASURED_SIZE, bold });
      width = context.measureText(run.text).width / MEASURED_SIZE;
      if (widths.size >= MOST_REMEMBERED) widths.clear();
      widths.set(key, width);
    }
    return width * style.size;
  };
}
