import { knownWords } from '../../renderers/activate/legend.js';
import { strongestOf } from '../../renderers/sheet/aroundPeak.js';
import type { FeatureEvidence } from '../../src/core/index.js';
import { formatLength } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { markedText } from './markedText.js';

const EXAMPLES = 3;
const ROOM = { before: 12, after: 8 };

/** Where a feature fires, as lines of text; none without evidence. */
export function evidenceTexts(evidence: FeatureEvidence | undefined): string[] {
  if (!evidence) return [];
  const { source, explanations, examples } = evidence;
  const rows = examples.slice(0, EXAMPLES).map(({ tokens, activations }) => {
    const peak = strongestOf(activations) ?? undefined;
    const text = markedText(
      tokens.map((token) => ({ token })),
      peak,
      ROOM,
    );
    return { number: formatLength(activations[peak ?? 0] ?? 0), text };
  });
  const width = Math.max(0, ...rows.map(({ number }) => number.length));
  const where =
    source === 'neuronpedia' ? 'Top activating examples from Neuronpedia' : 'Top activating examples';
  return [
    [where, ...knownWords(0, evidence)].join(', '),
    ...explanations.map((explanation) => `explained as: ${readable(explanation)}`),
    ...rows.map(({ number, text }) => `${number.padStart(width)}  ${text}`),
    '',
  ];
}
