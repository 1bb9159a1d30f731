/** Label and verdict of a feature, a line each, as far as they are known: what everybody reads first. */
import type { FeatureEvidence, FeatureLabel } from '../../src/core/report/evidence.js';
import type { FeatureVerdict } from '../../src/core/report/verdict.js';
import { labelSource, labelWords, VERDICT_MARKS, verdictWords } from './verdictWords.js';

/** What of a report tells what its feature is, and whether that holds. */
export interface Head {
  evidence?: Pick<FeatureEvidence, 'label'> | undefined;
  verdict?: FeatureVerdict | undefined;
}

export function headWords({ evidence, verdict }: Head): string[] {
  return [
    ...(evidence?.label ? [labelLine(evidence.label)] : []),
    ...(verdict ? [`${VERDICT_MARKS[verdict.kind]} ${verdictWords(verdict)}`] : []),
  ];
}

/** The same in running text, with a space at its end; empty where nothing is known. */
export function headSentences({ evidence, verdict }: Head): string {
  const label = evidence?.label;
  const sentences = [
    ...(label ? [`${labelWords(label)} (${labelSource(label)})`] : []),
    ...(verdict ? [verdictWords(verdict)] : []),
  ];
  return sentences.map((sentence) => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. `).join('');
}

/** `travel, trip · in 9 of its 10 top texts`. */
export function labelLine(label: FeatureLabel): string {
  return `${labelWords(label)} · ${labelSource(label)}`;
}
