/** Sentences in small type below a picture, so that it explains itself wherever it is pasted. */

import { lineItem, type Pen } from '../sheet/pen.js';
import type { Panel } from '../sheet/scene.js';
import { wrap } from '../sheet/typeset.js';

/** @param size of the type in pixels */
export function keyPanel(
  sentences: readonly string[],
  { theme, ruler }: Pen,
  width: number,
  size: number,
  mostLines: number,
): Panel {
  const style = { size, bold: false };
  const chunks = sentences.flatMap((sentence) =>
    `${sentence}   `.split(/(?<= )(?=\S)/).map((text) => [{ text, mark: false }]),
  );
  const lines = wrap(chunks, style, ruler, width, mostLines);
  const pitch = size * 1.45;
  return {
    width,
    height: lines.length * pitch,
    items: lines.map((line, index) =>
      lineItem(line, { x: 0, y: (index + 0.5) * pitch, ...style, colour: theme.quiet }, theme),
    ),
  };
}
