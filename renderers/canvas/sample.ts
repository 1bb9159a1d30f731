import { THEMES } from '../sheet/theme.js';
import { measureWords } from '../sheet/typeset.js';
import { paint } from './paint.js';
import { canvasRuler } from './ruler.js';

const STYLE = { size: 24, bold: false };
const [WIDTH, HEIGHT] = [400, 48];

/**
 * The PNG of one line of text, drawn the way pictures are: blank where its fonts are missing.
 *
 * @throws {Error} when canvas or the shipped fonts cannot be loaded
 */
export async function drawSample(text: string): Promise<Buffer> {
  const { background, ink: colour } = THEMES.dark;
  const line = measureWords(text, STYLE, await canvasRuler());
  const item = { kind: 'text', x: 8, y: HEIGHT / 2, line, style: STYLE, colour, markColour: colour } as const;
  const panel = { width: WIDTH, height: HEIGHT, items: [item] };
  return paint({
    width: WIDTH,
    height: HEIGHT,
    background,
    exactColours: [background, colour],
    panels: [{ x: 0, y: 0, panel }],
  });
}
