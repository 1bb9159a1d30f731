/** Hands the shipped fonts to canvas, each when it is first needed: most pictures need three of them. */
import { join } from 'node:path';
import { once } from '../../src/async/promiseMemo.js';
import { InputError } from '../../src/core/report/errors.js';
import { fontFolder, shippedFonts } from '../sheet/coverage.js';
import type { FontRun } from '../sheet/fontRuns.js';
import type { Style } from '../sheet/typeset.js';

type Canvas = typeof import('canvas');

const registered = new Set<string>();

/** Loads canvas once, with the shipped fonts only, so that pictures are the same everywhere. */
export const loadCanvas = once(async () => {
  // fontconfig reads this when canvas first asks for a font; without it, a bare machine prints warnings.
  process.env.FONTCONFIG_FILE ??= join(fontFolder(), 'fonts.conf');
  try {
    const module = await import('canvas');
    return module.default as unknown as Canvas;
  } catch (error) {
    throw new InputError(missingText(error));
  }
});

/** What is missing, and the remedy. @param error what loading the binary threw */
export function missingText(error: unknown): string {
  const why = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  return `Pictures cannot be drawn: canvas has no binary here (${why}). "npm --prefix node_modules/canvas run install" in the folder of the installation fetches or compiles it (docs/installing.md).`;
}

/** The CSS font of a run, after its file was registered. */
export function cssFont(canvas: Canvas, run: FontRun, style: Style): string {
  const file = shippedFonts()[run.font]!.file;
  const regular = file.replace(/-Regular\.ttf$|\.ttf$/, '');
  // Only the first font comes in bold; a heavier weight of the others is not worth its bytes.
  const bold = style.bold && run.font === 0;
  const family = `ghosttree ${regular}${bold ? ' Bold' : ''}`;
  if (!registered.has(family)) {
    canvas.registerFont(join(fontFolder(), bold ? `${regular}-Bold.ttf` : file), {
      family,
      weight: bold ? 'bold' : 'normal',
    });
    registered.add(family);
  }
  return `${bold ? 'bold ' : ''}${style.size}px "${family}"`;
}
