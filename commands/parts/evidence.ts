import { knownWords } from '../../renderers/activate/legend.js';
import { strongestOf } from '../../renderers/sheet/aroundPeak.js';
import type { FeatureEvidence } from '../../src/core/index.js';
import { formatLength } from '../../src/text/numbers.js';
import { readable } from '../../src/text/readable.js';
import { markedText } from './markedText.js';

const EXAMPLES = 3;
const ROOM = { before: 12, after: 8 };
/** The same where the texts are all that is shown. */
const ALL_ROOM = { before: 30, after: 15 };

/** Where a feature fires, as lines of text; none without evidence. */
export function evidenceTexts(evidence: FeatureEvidence | undefined): string[] {
  if (!evidence) return [];
  return [
    headOf(evidence),
    ...evidence.explanations.map((explanation) => `explained as: ${readable(explanation)}`),
    ...exampleLines(evidence.examples.slice(0, EXAMPLES), ROOM),
    '',
  ];
}

/** All texts that are known, one a line. */
export function allExamples(evidence: FeatureEvidence | undefined): string[] {
  if (!evidence || evidence.examples.length === 0) return ['No text is known on which this feature fires.'];
  return [headOf(evidence), ...exampleLines(evidence.examples, ALL_ROOM)];
}

function headOf(evidence: FeatureEvidence): string {
  const where =
    evidence.source === 'neuronpedia'
      ? 'Top activating examples from Neuronpedia'
      : 'Top activating examples';
  return [where, ...knownWords(0, evidence)].join(', ');
}

function exampleLines(examples: FeatureEvidence['examples'], room: typeof ROOM): string[] {
  const rows = examples.map(({ tokens, activations }) => {
    const peak = strongestOf(activations) ?? undefined;
    const text = markedText(
      tokens.map((token) => ({ token })),
      peak,
      room,
    );
    return { number: formatLength(activations[peak ?? 0] ?? 0), text };
  });
  const width = Math.max(0, ...rows.map(({ number }) => number.length));
  return rows.map(({ number, text }) => `${number.padStart(width)}  ${text}`);
}
