import type { KindClass, KindParameters } from './kind.js';
import type { SaeParity } from './parity.js';

/** Statistics of every feature of a layer, to choose among them; each list has one entry per feature. */
export interface SurveyReport {
  schema: 'ghosttree/survey@1';
  model: { id: string; dtype: string };
  sae: { release: string; hook: string; layer: number; features: number; parity: SaeParity };
  parameters: KindParameters;
  /** How many texts the model wrote. */
  texts: number;
  /** In how many of them the feature is active. */
  active: number[];
  /** The largest share (0..1) of its activation that one token has; null for a feature that is active in none. */
  share: (number | null)[];
  class: KindClass[];
  /** Largest cosine of its decoder vector with those of the features it is compared with; -1 where there are none. */
  nearest: number[];
  timing: { load: number; survey: number; total: number };
}
