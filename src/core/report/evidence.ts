/**
 * What is known of a feature from running its model over texts, besides what its weights say. It comes from files beside
 * the model or from Neuronpedia; texts of the latter are untrusted, bounded and without control characters.
 */
export interface FeatureEvidence {
  source: 'shipped' | 'neuronpedia';
  /** Share of the corpus' tokens on which the feature is active, 0..1. */
  density?: number;
  /** Its largest activation in the corpus, in the SAE's units. */
  maximum?: number;
  /** Of how many SAEs with other seeds, trained alike, how many have a decoder vector with a cosine above 0.7 to its own. */
  stability?: { returns: number; seeds: number };
  /** What its top examples share; absent where no example tells. */
  label?: FeatureLabel;
  /** What people or models said it means. */
  explanations: string[];
  /** Texts on which it is most active, best first. */
  examples: EvidenceExample[];
}

export interface EvidenceExample {
  tokens: string[];
  /** Of each token, in the SAE's units. */
  activations: number[];
}

/** The words by which a feature is called, made from where it fires and from nothing else. */
export interface FeatureLabel {
  /** At most five, what tells it apart most first. */
  words: string[];
  /** How many examples have one of them at or around the peak, of how many that differ; 0: the words are of single ones. */
  shared: number;
  of: number;
  source: 'examples';
  /** What the places of nearly all peaks have in common, such as "before a number". */
  pattern?: string;
  /**
   * Where its peaks are of two kinds, told apart by the residual stream, that share no word: the words of each, and in
   * how many of the examples it is that kind; the more frequent first.
   */
  meanings?: { words: string[]; examples: number }[];
  /** How many other features of the SAE have the same first word. */
  same?: number;
  /** A word where it fires and the three of those whose directions are nearest do not. */
  apart?: string;
  heldOut?: LabelOnTexts;
}

/** How far a label holds on texts that it was not made from: the model's own. */
export interface LabelOnTexts {
  /** The word at most of its peaks, and how often that stands in the texts; absent where no word is at half of them. */
  word?: string;
  occurrences?: number;
  /** On how many of these the feature is active: the label's recall. */
  active?: number;
  /** The feature with the same word that is active most often where this one is silent. */
  instead?: { feature: number; active: number };
  /** In how many texts it is strongly active, and in how many of these a word of the label stands there: its precision. */
  firings: number;
  matching: number;
}
