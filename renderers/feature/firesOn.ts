/** Where a feature fires: examples around their peaks, shaded by the share of the known maximum. */
import type { EvidenceExample, FeatureEvidence } from '../../src/core/report/evidence.js';
import { readable } from '../../src/text/readable.js';
import { knownWords } from '../activate/legend.js';
import { shadedAroundPeak, strongestOf } from '../sheet/aroundPeak.js';
import { moved } from '../sheet/arrange.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { HEADING, headingItem, SMALL } from './type.js';

/** Tokens around a peak that tell what it is. */
const ROOM = { before: 8, after: 10 };

/** @param most examples */
export function firesOnPanel(evidence: FeatureEvidence, pen: Pen, width: number, most: number): Panel {
  const { theme, ruler, unit } = pen;
  const { source, label, explanations, examples } = evidence;
  const heading = source === 'neuronpedia' ? 'fires on, from Neuronpedia' : 'fires on';
  const [title, from] = headingItem(heading, pen);
  const size = Math.round(unit * SMALL);
  const facts = { x: from, y: (unit * HEADING) / 2, size, colour: theme.quiet, width: width - from };
  const items: Item[] = [title, words(knownWords(0, evidence).join(' · '), facts, pen)];
  let y = unit * HEADING;
  for (const example of differing(examples).slice(0, most)) {
    const row = shadedAroundPeak(example, ROOM, {
      width,
      size: Math.round(unit * 0.9),
      max: evidence.maximum ?? 0,
      lines: 1,
      spacing: 'plain',
      theme,
      ruler,
    });
    items.push(...moved(row.items, 0, y));
    y += row.height;
  }
  // Without a label the first one is the title.
  for (const explanation of explanations.slice(label ? 0 : 1, label ? 1 : 2)) {
    const placed = { x: 0, y: y + size * 0.7, size, colour: theme.quiet, width };
    items.push(words(`explained as: “${readable(explanation)}”`, placed, pen));
    y += size * 1.4;
  }
  return { width, height: y, items };
}

/** Best first; an example whose peak is on the same word as that of an earlier one comes after those that differ. */
function differing(examples: readonly EvidenceExample[]): EvidenceExample[] {
  const wordsBefore = new Set<string>();
  const [first, again]: [EvidenceExample[], EvidenceExample[]] = [[], []];
  for (const example of examples) {
    const word = example.tokens[strongestOf(example.activations) ?? 0]?.trim().toLowerCase() ?? '';
    (wordsBefore.has(word) ? again : first).push(example);
    wordsBefore.add(word);
  }
  return [...first, ...again];
}
