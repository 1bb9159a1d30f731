/** The key to the marks, so that a picture explains itself wherever it is pasted. */
import type { Panel } from '../scene.js';
import { type Ruler, wrap } from '../text/typeset.js';
import type { Theme } from '../theme.js';

const KEY = [
  'Percentages are cumulative probabilities; thicker is likelier.',
  'Blue: the strongest definitions.',
  '● the definition closes.',
  '‿ continues the word before.',
  '· space  ⏎ newline  ␍ carriage return  ⇥ tab  ∅ empty  U+0000 a character without a shape.',
];

/** @param generic whether the picture has generic branches */
export function footerPanel(generic: boolean, theme: Theme, ruler: Ruler, width: number): Panel {
  const style = { size: 16, bold: false };
  const chunks = [...KEY, ...(generic ? ['Grey: generic, any ghost says it.'] : [])].map((text) => [
    { text: `${text}   `, mark: false },
  ]);
  const lines = wrap(chunks, style, ruler, width, 3);
  return {
    width,
    height: lines.length * 24,
    items: lines.map((line, index) => ({
      kind: 'text',
      x: 0,
      y: index * 24 + 12,
      line,
      style,
      colour: theme.quiet,
      markColour: theme.quiet,
    })),
  };
}
