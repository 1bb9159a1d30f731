/** Where a feature fires, below what its weights say: examples with their activations, and published explanations. */
import type { FeatureEvidence } from '../../src/core/report/evidence.js';
import { readable } from '../../src/text/readable.js';
import { knownWords } from '../activate/legend.js';
import { shadedAroundPeak } from '../sheet/aroundPeak.js';
import { moved } from '../sheet/arrange.js';
import type { Item, Panel } from '../sheet/scene.js';
import type { Theme } from '../sheet/theme.js';
import { measureWords, type Ruler, type Style, shortened } from '../sheet/typeset.js';

const MOST_EXAMPLES = 5;
const HEADING = { size: 24, bold: true };
const WORDS = { size: 22, bold: false };
/** Tokens for a row of the narrowest picture. */
const ROOM = { before: 18, after: 12 };

/** @param unit the picture's large type in pixels */
export function evidencePanel(
  evidence: FeatureEvidence,
  theme: Theme,
  ruler: Ruler,
  width: number,
  unit: number,
): Panel {
  const { source, explanations, examples } = evidence;
  const items: Item[] = [];
  let y = 0;
  const write = (text: string, style: Style, colour: string) => {
    const line = shortened(measureWords(text, style, ruler), style, ruler, width);
    items.push({ kind: 'text', x: 0, y: y + style.size * 0.6, line, style, colour, markColour: theme.quiet });
    y += style.size * 1.5;
  };
  const where =
    source === 'neuronpedia' ? 'where it fires, from Neuronpedia' : 'where it fires, from the corpus';
  write([where, ...knownWords(0, evidence)].join('    '), HEADING, theme.quiet);
  for (const explanation of explanations) write(`“${readable(explanation)}”`, WORDS, theme.ink);
  const max = evidence.maximum ?? 0;
  for (const example of examples.slice(0, MOST_EXAMPLES)) {
    const options = { width, size: Math.max(26, Math.round(unit * 0.6)), max, lines: 1, theme, ruler };
    const row = shadedAroundPeak(example, ROOM, options);
    items.push(...moved(row.items, 0, y));
    y += row.height;
  }
  return { width, height: y, items };
}
