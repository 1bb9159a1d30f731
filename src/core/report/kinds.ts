import type { Firing, KindClass, KindParameters, KindReport } from './kind.js';
import type { SaeParity } from './parity.js';

/** The answer to `/kind` about a whole layer: its most extreme features. Units are those of `KindReport`. */
export interface KindsReport {
  schema: 'ghosttree/kinds@1';
  model: { id: string; dtype: string };
  sae: { release: string; hook: string; layer: number; features: number; parity: SaeParity };
  parameters: KindParameters;
  /** In the order prediction, suppression, partition. */
  classes: KindGroup<Exclude<KindClass, 'none'>>[];
  /** Features of tokens, those with the largest share of one token first, and of contexts, smallest share first. */
  firing: KindGroup<'token' | 'context'>[];
  /** Features that are active in too few of the model's own texts to tell. */
  unknown: number;
  /** How many texts the model wrote. */
  texts: number;
  bounds: {
    /** Skewness at the 5th and the 95th percentile of the SAE's features. */
    skewness: [low: number, high: number];
    /** Kurtosis at the 50th and the 95th. */
    kurtosis: [middle: number, high: number];
  };
  /** Features to draw: all of them, or evenly spread ones of a large SAE. */
  points: KindPoint[];
  timing: { load: number; kinds: number; total: number };
}

export interface KindGroup<Name extends string> {
  name: Name;
  /** How many features there are. */
  count: number;
  /** The most extreme of them, most extreme first. Of a class without any, the feature that comes nearest. */
  features: RankedFeature[];
}

export interface RankedFeature extends Pick<KindReport, 'moments' | 'splits'> {
  feature: number;
  /** False for the feature that comes nearest to a class without any. */
  member: boolean;
  firing: Firing;
  /** The token with the largest weight, and the one with the smallest. */
  promoted: string;
  suppressed: string;
}

export interface KindPoint {
  feature: number;
  skewness: number;
  kurtosis: number;
  class: KindClass;
}
