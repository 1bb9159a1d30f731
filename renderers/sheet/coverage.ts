/** Which shipped font can draw which character, read once from the table that fonts/build.py wrote. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface ShippedFont {
  /** Without `.ttf`, also the font's family name in canvas. */
  file: string;
  /** Sorted starts and (exclusive) ends of the covered ranges of code points, alternating. */
  bounds: Uint32Array;
}

let loaded: ShippedFont[] | undefined;

/** The folder with the font files: beside the sources, also when the compiled copy in `dist` runs. */
export function fontFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const candidates = [join(here, '../fonts'), join(here, '../../../renderers/fonts')];
  const existing = candidates.find((folder) => existsSync(join(folder, 'coverage.json')));
  if (!existing)
    throw new Error(`The shipped fonts are missing: no coverage.json in ${candidates.join(' or ')}`);
  return existing;
}

/**
 * The shipped fonts, most preferred first.
 * @throws Error when the font folder is missing
 */
export function shippedFonts(): readonly ShippedFont[] {
  loaded ??= readTable();
  return loaded;
}

/** Whether the font has a glyph for the code point. */
export function covers(font: ShippedFont, codePoint: number): boolean {
  const { bounds } = font;
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bounds[middle]! <= codePoint) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 1;
}

function readTable(): ShippedFont[] {
  const table = JSON.parse(readFileSync(join(fontFolder(), 'coverage.json'), 'utf8')) as {
    fonts: { file: string; covers: string }[];
  };
  return table.fonts.map(({ file, covers: ranges }) => {
    let end = 0;
    const bounds = ranges.split(' ').map((step) => {
      end += Number.parseInt(step, 36);
      return end;
    });
    return { file, bounds: Uint32Array.from(bounds) };
  });
}
