import type {
  DreamReport,
  FeatureEvidence,
  FeatureReport,
  KindReport,
  ParameterValues,
  SaeParity,
} from '../core/index.js';

/**
 * The answer to `/explain`: all evidence about a feature, and a short explanation made from it. Plain data; the parts
 * are the unchanged reports of `/feature`, `/kind` and `/dream`.
 */
export interface ExplainReport {
  schema: 'ghosttree/explain@1';
  model: { id: string; dtype: string };
  sae: { release: string; hook: string; layer: number; feature: number; parity: SaeParity };
  parameters: { weights: ParameterValues['weights']; theme: ParameterValues['theme'] };
  explanation: Explanation;
  parts: ExplainParts;
  /** Parts that are missing, and why. */
  missing: { part: string; reason: string }[];
}

export interface ExplainParts {
  feature?: FeatureReport;
  kind?: KindReport;
  dream?: DreamReport;
  evidence?: FeatureEvidence;
}

export interface Explanation {
  /** One or two sentences. */
  text: string;
  /** Rules on the evidence, or a language model that read it. */
  by: 'rules' | 'model';
  /** Name of the model that wrote it. */
  writer?: string;
  /** How far the kinds of evidence agree; independent of the text. */
  sureness: Sureness;
  /** How well the text predicts where the feature is active, where a model could be asked. */
  scores?: ExplanationScores;
  /** Why a model did not write or score. */
  notes: string[];
}

export interface Sureness {
  level: 'good' | 'some' | 'little';
  /** Measured facts for and against. */
  because: string[];
}

export interface ExplanationScores {
  detection?: Score;
  fuzzing?: Score;
}

/** Balanced accuracy: the mean of the shares of right answers among true and among false snippets; 0.5 is chance. */
export interface Score {
  balancedAccuracy: number;
  /** Number of true snippets, and of false ones. */
  positives: number;
  negatives: number;
}
