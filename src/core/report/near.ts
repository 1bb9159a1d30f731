import type { FeatureLabel } from './evidence.js';
import type { Asked } from './parameters.js';

/** Another feature of the same model, and how its decoder vector stands to the one that is asked about. */
export interface NearFeature {
  layer: number;
  feature: number;
  /** Cosine of the two decoder vectors, -1..1. */
  cosine: number;
  /** By what its examples share; added with what is known of where features fire. */
  label?: FeatureLabel;
}

/** The answer to `/near`: plain data; all times in milliseconds. */
export interface NearReport {
  schema: 'ghosttree/near@1';
  model: { id: string; dtype: string };
  sae: { release: string; hook: string; layer: number; feature: number; features: number };
  /** Both concern pictures only; every question has the first. */
  parameters: NearParameters;
  /** The feature's own layer first, then the others, ascending. */
  layers: NearLayer[];
  timing: { load: number; total: number };
}

export type NearParameters = Asked<'near'>;

/** What is near, and opposite, in one SAE. */
export interface NearLayer extends NearFeatures {
  layer: number;
  hook: string;
  features: number;
}

/** Features by the cosine of their decoder vectors. */
export interface NearFeatures {
  /** Most alike first; the feature itself is left out. */
  nearest: NearFeature[];
  /** Those that point the other way, most opposite first; empty where none does. */
  opposite: NearFeature[];
}
