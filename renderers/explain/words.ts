/** How an explanation is put into words, the same in pictures, alt texts and chats. */

import type { ExplainReport, Explanation, Score } from '../../src/explanation/report.js';
import { classWords, VERDICT_NAMES } from '../kind/words.js';
import { settingWords } from '../text/settingWords.js';

const LEVELS = { good: 'fairly sure', some: 'somewhat sure', little: 'not sure' } as const;

/** How sure it is: `fairly sure`. */
export function surenessWords({ sureness }: Explanation): string {
  return LEVELS[sureness.level];
}

/** Who wrote it: `by rules`, `by the model x`. */
export function writerWords({ by, writer }: Explanation): string {
  return by === 'model' && writer !== undefined ? `by the model ${writer}` : 'by rules';
}

/** The scores: `detection 0.80`; with the counts of snippets with and without the feature, `detection 0.80 on 5 + 5`. */
export function scoreWords({ scores }: Explanation, counts = false): string[] {
  const oneScore = (name: string, score: Score | undefined) => {
    if (!score) return [];
    const of = counts ? ` on ${score.positives} + ${score.negatives}` : '';
    return [`${name} ${score.balancedAccuracy.toFixed(2)}${of}`];
  };
  return [...oneScore('detection', scores?.detection), ...oneScore('fuzzing', scores?.fuzzing)];
}

/** Kind and scale. */
export function factsOf({ parts }: ExplainReport): string[] {
  const { feature } = parts;
  const kind = parts.kind ?? feature?.kind;
  return [
    ...(kind ? [...classWords(kind.class), VERDICT_NAMES[kind.firing.verdict]] : []),
    ...(feature ? [`ghost ${settingWords(feature.parameters)}`] : []),
  ];
}
