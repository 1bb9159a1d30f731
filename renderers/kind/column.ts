/** Panels one below the other, as all pictures of `/kind` have them. */
import { paint } from '../canvas/paint.js';
import { canvasRuler } from '../canvas/ruler.js';
import { keyPanel } from '../panels/key.js';
import type { Panel, Scene } from '../scene.js';
import type { Theme } from '../theme.js';
import type { Pen } from './parts.js';

export interface KindPicture {
  png: Buffer;
  /** Pixels. */
  width: number;
  height: number;
  alt: string;
}

const WIDTH = 1_320; // pixels inside the margins
const MARGIN = 40;
const GAP = 28;
/** 14 px in a thumbnail 500 px wide. */
const UNIT = 39;
const KEY_SIZE = 17;

/** @param colours that the PNG must keep as they are, besides the theme's */
export async function paintColumn(
  make: readonly ((pen: Pen, width: number) => Panel)[],
  theme: Theme,
  colours: readonly string[] = [],
): Promise<Omit<KindPicture, 'alt'>> {
  const pen: Pen = { theme, ruler: await canvasRuler(), unit: UNIT };
  const panels: Scene['panels'] = [];
  let y = MARGIN;
  for (const panelOf of make) {
    const panel = panelOf(pen, WIDTH);
    panels.push({ x: MARGIN, y, panel });
    y += panel.height + GAP;
  }
  const width = WIDTH + 2 * MARGIN;
  const height = Math.ceil(y - GAP + MARGIN * 0.6);
  const exactColours = [...Object.values(theme), ...colours];
  return {
    png: await paint({ width, height, background: theme.background, exactColours, panels }),
    width,
    height,
  };
}

/** Small type that says what the picture shows. */
export function keyOfColumn(sentences: readonly string[], pen: Pen, width: number): Panel {
  return keyPanel(sentences, pen, width, KEY_SIZE, 6);
}
