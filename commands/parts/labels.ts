import { labelLine } from '../../renderers/text/headWords.js';
import { labelWords } from '../../renderers/text/verdictWords.js';
import type { FeatureEvidence } from '../../src/core/index.js';
import { markedText } from './markedText.js';

/** Examples in a sentence, and tokens of each around its peak. */
const EXAMPLES = 2;
const ROOM = { before: 8, after: 4 };

/** A feature and what is known of where it fires. */
export interface LabelledFeature {
  layer: number;
  feature: number;
  evidence: Pick<FeatureEvidence, 'label'> | undefined;
}

/** The label of each feature that has one, a line each; with its address where there are several features. */
export function labelTexts(features: readonly LabelledFeature[]): string[] {
  return features.flatMap(({ layer, feature, evidence }) => {
    if (!evidence?.label) return [];
    const line = labelLine(evidence.label);
    return [features.length > 1 ? `${layer}/${feature}: ${line}` : line];
  });
}

/** A label in a sentence with examples of it; undefined where the top texts share nothing. */
export function labelWithExamples({
  label,
  examples,
}: Pick<FeatureEvidence, 'label' | 'examples'>): string | undefined {
  if (!label || label.shared === 0) return undefined;
  const shown = examples.slice(0, EXAMPLES).map(({ tokens, activations }) => {
    const peak = activations.indexOf(Math.max(...activations));
    return markedText(
      tokens.map((token) => ({ token })),
      peak,
      ROOM,
    );
  });
  return `${labelWords(label)}, as in: ${shown.join(' · ')}`;
}
