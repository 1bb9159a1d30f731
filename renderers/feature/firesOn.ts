/** Where a feature fires: examples around their peaks, shaded by the share of the known maximum. */
import type { EvidenceExample, FeatureEvidence } from '../../src/core/report/evidence.js';
import { formatLength, formatProbability } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { shadedAroundPeak, strongestOf } from '../sheet/aroundPeak.js';
import { moved } from '../sheet/arrange.js';
import { type Pen, words } from '../sheet/pen.js';
import type { Item, Panel } from '../sheet/scene.js';
import { HEADING, headingItem, PITCH, READ, SMALL, swatchItems } from './type.js';

/** Tokens around a peak that tell what it is. */
const ROOM = { before: 9, after: 12 };

/** How high so many examples are, in pixels. */
export function firesOnHeight({ explanations, label }: FeatureEvidence, examples: number): number {
  return HEADING + examples * READ * 1.45 + further(explanations, label !== undefined).length * PITCH;
}

/** @param most examples */
export function firesOnPanel(evidence: FeatureEvidence, pen: Pen, width: number, most: number): Panel {
  const { theme, ruler } = pen;
  const { source, label, explanations, examples, maximum } = evidence;
  const heading = source === 'neuronpedia' ? 'fires on, from Neuronpedia' : 'fires on';
  const [title, from] = headingItem(heading, pen);
  const place = { x: from, y: HEADING / 2, size: SMALL, width };
  const key = swatchItems({ fill: theme.activation }, keyWords(evidence), place, pen);
  const items: Item[] = [title, ...key.items];
  let y = HEADING;
  for (const example of differing(examples).slice(0, most)) {
    const row = shadedAroundPeak(example, ROOM, {
      width,
      size: READ,
      max: maximum ?? 0,
      lines: 1,
      spacing: 'plain',
      theme,
      ruler,
    });
    items.push(...moved(row.items, 0, y));
    y += row.height;
  }
  for (const explanation of further(explanations, label !== undefined)) {
    const placed = { x: 0, y: y + PITCH / 2, size: READ, colour: theme.quiet, width };
    items.push(words(`explained as: “${readable(explanation)}”`, placed, pen));
    y += PITCH;
  }
  return { width, height: y, items };
}

function keyWords({ maximum, density }: FeatureEvidence): string {
  return [
    maximum === undefined ? 'activation' : `activation, up to ${formatLength(maximum)}`,
    ...(density === undefined ? [] : [`on ${formatProbability(density)} of tokens`]),
  ].join(' · ');
}

/** Without a label the first explanation is the title. */
function further(explanations: readonly string[], hasLabel: boolean): readonly string[] {
  return explanations.slice(hasLabel ? 0 : 1, hasLabel ? 1 : 2);
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
