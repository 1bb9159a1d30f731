import type { FeatureEvidence, FeatureLabel } from './evidence.js';
import type { Asked } from './parameters.js';
import type { SaeParity } from './parity.js';

/** Most texts of a question: more do not fit one picture. */
export const MOST_TEXTS = 16;

/**
 * The answer to `/activate` about one feature: how active it is on every token of some texts. Plain data; activations
 * are in the SAE's units, times in milliseconds.
 */
export interface ActivateReport {
  schema: 'ghosttree/activate@1';
  model: { id: string; dtype: string };
  sae: { release: string; hook: string; layer: number; feature: number; parity: SaeParity };
  parameters: ActivateParameters;
  /** In the order in which they were asked. */
  texts: ActivatedText[];
  /** The largest activation on any of them, 0 where the feature is silent. */
  max: number;
  /** The feature's density, largest activation over a corpus and stability, where they are known. */
  known?: KnownActivity;
  timing: { load: number; encode: number; total: number };
}

export type KnownActivity = Pick<FeatureEvidence, 'source' | 'density' | 'maximum' | 'stability'>;

/** The answer to `/activate` without a feature: which features of one or all layers are most active on some texts. */
export interface StrongestReport {
  schema: 'ghosttree/strongest@2';
  model: { id: string; dtype: string };
  parameters: ActivateParameters;
  texts: ReadText[];
  layers: StrongestLayer[];
  timing: { load: number; encode: number; total: number };
}

export interface StrongestLayer {
  sae: { release: string; hook: string; layer: number; features: number; parity: SaeParity };
  /** Tokens with a residual stream of massive norm, which do not count, unless BOS does. */
  massive: { text: number; position: number }[];
  /** Number of features that are active on any of the tokens. */
  active: number;
  /** The most active ones, by the largest share of their maximum on any token; those without one by activation, last. */
  strongest: StrongFeature[];
  /** Likewise, those that are active on so many tokens of the corpus that they tell no text from another. */
  alwaysOn: StrongFeature[];
}

/** `theme` and `trim` concern the picture only; `trim` has no meaning here, every question has it. */
export type ActivateParameters = Asked<'activate'>;

export interface TextToken {
  tokenId: number;
  /** The token's text as the tokenizer decodes it; for showing only. */
  token: string;
}

/** A text as the model read it. */
export interface ReadText {
  text: string;
  /** Without BOS, unless it counts. */
  tokens: TextToken[];
  /** Tokens at the end of the text that were not read, since the text is longer than what is read at once. */
  unread: number;
}

export interface ActivatedText extends ReadText {
  /** Of each token of `tokens`. */
  activations: number[];
  /** Where it is most active, the first such place; null where it is silent. */
  peak: Peak | null;
}

export interface Peak {
  /** Index into the text's tokens. */
  position: number;
  activation: number;
}

export interface StrongFeature extends Peak {
  feature: number;
  /** Index of the text in which it is most active. */
  text: number;
  /** On the tokens of that text; 0 where the token does not count. */
  activations: number[];
  /** The activation as a share of the feature's largest in the corpus, and how often it is active there. */
  share?: number;
  density?: number;
  /** What its top examples share; added with what is known of where it fires. */
  label?: FeatureLabel;
}
