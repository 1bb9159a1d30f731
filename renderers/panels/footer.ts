/** The key to the marks, so that a picture explains itself wherever it is pasted. */
import type { PrunedBranches } from '../../src/core/report/feature.js';
import type { Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { type Ruler, wrap } from '../sheet/typeset.js';

const KEY = [
  'Percentages are cumulative probabilities; thicker is likelier.',
  'Blue: the strongest definitions.',
  '● the definition closes.',
  '‿ continues the word before.',
  '· space  ⏎ newline  ␍ carriage return  ⇥ tab  ∅ empty  U+0000 a character without a shape.',
];

const CONNECTORS = 'Grey words: any ghost says them; they lead to what is particular.';
const GENERIC = 'Grey: any ghost says it; on a faint branch, all that follows as well.';

/** @param pruned the generic branches, where pruning was asked for */
export function footerPanel(
  pruned: PrunedBranches | undefined,
  theme: Theme,
  ruler: Ruler,
  width: number,
): Panel {
  const style = { size: 16, bold: false };
  const grey = pruned ? [pruned.hidden ? CONNECTORS : GENERIC] : [];
  const chunks = [...KEY, ...grey].map((text) => [{ text: `${text}   `, mark: false }]);
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
