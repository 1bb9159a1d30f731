import type { LabelOnTexts } from './evidence.js';

/** Whether what is said of a feature holds, by what was measured. */
export interface FeatureVerdict {
  kind: VerdictKind;
  /** The largest activation on anything it says, as a share of its known maximum; absent where that is not known. */
  readBack?: number;
  /** The definition on which it is that active. */
  on?: string;
  /** That definition is what the model says of what it holds where the feature fires, not of the feature's vector. */
  by?: 'firing';
  /** Whether the thresholds were measured for this model and hook point; else what it says is a guess. */
  calibrated: boolean;
  /** How far the label holds on texts that it was not made from, where that was recorded. */
  label?: LabelOnTexts;
}

/**
 * `readsBack`, `partly` and `nothing` by the share of the maximum; `dead`: never active in the corpus; `alwaysOn`:
 * active on so many tokens that no word can say when; `notMeasured`: an SAE of which no corpus is known.
 */
export type VerdictKind = 'readsBack' | 'partly' | 'nothing' | 'dead' | 'alwaysOn' | 'notMeasured';

/** From which share of its maximum on a feature counts as reading back what is said of it. */
export interface VerdictThresholds {
  /** For what its vector says; absent where no share tells which of that is true. */
  readsBack?: number;
  partly: number;
  /** For what the model says of what it holds where the feature fires. */
  firing: number;
}
