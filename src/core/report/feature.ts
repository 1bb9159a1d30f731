import type { FeatureEvidence } from './evidence.js';
import type { FeatureKind, LensTokens } from './kind.js';
import type { NearFeatures } from './near.js';
import type { FeatureParameters, GhostSetting } from './parameters.js';
import type { SaeParity } from './parity.js';
import type { LeadingDefinition } from './sweep.js';
import type { FeatureVerdict, VerdictThresholds } from './verdict.js';

/**
 * The answer to `/feature`: plain data that is drawn, exported as JSON and cached.
 * Nothing here knows of chats or pictures. All probabilities are in 0..1, all times in milliseconds.
 */
export interface FeatureReport {
  schema: 'ghosttree/feature@2';
  model: { id: string; dtype: string };
  sae: { release: string; hook: string; layer: number; feature: number; parity: SaeParity };
  parameters: FeatureParameters;
  ghost: GhostSummary;
  /** What the model says of the feature at all settings that were tried, what activates it most first. */
  definitions: SpokenDefinition[];
  /** Where that does not read back: what the model says of what it holds at the feature's firing places. */
  firing?: SpokenDefinition[];
  /** Whether places, scales and thresholds were measured for this model and hook point. */
  calibrated: boolean;
  thresholds: VerdictThresholds;
  /**
   * What the list of nearest tokens tells of features of this hook point, where that was measured: the mean share of the
   * other features from which it tells a feature, 0.5 by chance, and its standard error.
   */
  listTruth?: { share: number; error: number };
  /** How the feature was held while the tree grew; absent where it was not. */
  held?: HoldSummary;
  tree: DefinitionTree;
  /** The token list, best first: of the smallest score, or of list=hybrid the strongest. */
  tokens: ListedToken[];
  /** Token ids of the prompt, BOS first; -1 stands for the ghost. */
  promptTokens?: number[];
  /** With list=hybrid: what the list was made from. */
  hybrid?: HybridWork;
  /** What its decoder vector promotes and suppresses as the next token, by the logit lens; most first. */
  logits?: LensTokens;
  /** Features of the same SAE by their decoder vectors; absent where that is too large to look through for one answer. */
  near?: NearFeatures;
  /** What kind of feature it is; absent where the features of the layer were not measured yet. */
  kind?: FeatureKind;
  /** Whether what it says holds; added with what is known of where the feature fires. */
  verdict?: FeatureVerdict;
  /** Where the feature fires in a corpus; of all the above only a hybrid list uses it: its shipped examples. */
  evidence?: FeatureEvidence;
  /** `speak`: trying settings, and reading back what is said there. */
  timing: { load: number; speak: number; tree: number; tokens: number; total: number };
}

/** The point that was put in a token's place. `parameters` have where that is (`at`), and its `scale`. */
export interface GhostSummary {
  /** The block after which it stands in the residual stream, from 0; absent in place of an input embedding. */
  block?: number;
  /** Its Euclidean length. */
  norm: number;
  /** Its Euclidean distance from the mean of the place: the mean token embedding, or the mean residual stream. */
  distance: number;
  /** What a scale of 1 stands for: the mean distance of token embeddings, or the median distance of streams, from it. */
  unit: number;
  /**
   * How place and scale were chosen where they were not given: by what reads back most; "fallback" where nothing that
   * the feature says activates it.
   */
  chosen?: 'readBack' | 'fallback';
}

/** Something that the model says of a ghost, and how active the feature is on it. */
export interface SpokenDefinition extends LeadingDefinition, GhostSetting {
  /**
   * The feature's largest activation on it, read as plain text alone and in a neutral sentence, whichever is larger; in
   * the SAE's units.
   */
  activation: number;
  /** The same as a share of the feature's known maximum; absent where none is known. */
  readBack?: number;
}

/** A feature that was clamped or steered at the SAE's hook point, from the ghost's position on. */
export interface HoldSummary {
  by: 'clamp' | 'steer';
  /** As it was asked for, in units of the feature's maximum. */
  strength: number;
  /** The feature's maximum, in the SAE's units. */
  unit: number;
  unitFrom: HoldUnit;
  /** clamp: the activation it was held at; steer: the factor on its decoder vector. strength * unit */
  activation: number;
  /**
   * How surprising the strongest definitions are, a token, to the model when nothing is held, and how surprising those
   * are that the same ghost says unheld; absent where there are none. Text falls apart where the first is much larger.
   */
  perplexity?: { held: number; unheld: number };
}

/**
 * Where a maximum comes from: "corpus", shipped with the model; "texts", measured on the parity check's passages and
 * the feature's own definitions; "typical", the median of the SAE's features, since the feature was silent on those.
 */
export type HoldUnit = 'corpus' | 'texts' | 'typical';

export interface DefinitionTree {
  /** Number of nodes below the root. */
  nodes: number;
  /** False when a budget (nodes, time) ended growth: the tree is then exact for the higher `cutoff`. */
  complete: boolean;
  /** The cutoff this tree is exact for. */
  cutoff: number;
  root: TreeNode;
  /** What is generic: the model says it for any ghost. Absent where nobody asked. */
  pruned?: PrunedBranches;
  /** The most probable first tokens whatever the cutoff: what to show when the tree is empty. */
  candidates: { tokenId: number; token: string; probability: number }[];
}

export interface PrunedBranches {
  branches: number;
  /** Their nodes, as far as they were looked at. */
  nodes: number;
  /** Probability of the branches together. */
  probability: number;
  /** Whether they are left out of the tree; they stay in it where nothing else would be left. */
  hidden: boolean;
}

export interface TreeNode {
  /** Null at the root only. */
  tokenId: number | null;
  /** The token's text as the tokenizer decodes it; for showing only, token ids are the truth. */
  token: string;
  /** Probability given the parent; 1 at the root. */
  probability: number;
  /** Product of the probabilities from the root; 1 at the root. */
  cumulative: number;
  /** True when this token closes the definition (its text holds the prompt's closing quote). */
  end: boolean;
  /** Present where neither the node nor anything below it is particular to the feature. */
  generic?: true;
  /** Present where the node itself is not particular and only leads to what is. */
  connector?: true;
  /** In a comparison: cumulative probability of the same path of tokens in the other tree, where it stands there, too. */
  other?: number;
  /** Most probable first. */
  children: TreeNode[];
}

export interface ListedToken {
  rank: number;
  tokenId: number;
  token: string;
  /** (1 - cos(ghost, e))^m / (1 - cos(centroid, e)); smaller is nearer. */
  score: number;
  /** cos(ghost, e). */
  cosine: number;
  /** With list=hybrid: the feature's activation on this token in `context`, in the SAE's units; 0 when it is silent. */
  activation?: number;
  /** Where it fires best; absent when it is silent wherever it was tried. */
  context?: TokenContext;
}

export interface TokenContext {
  /** The text before the token, BOS left out; what comes after does not matter to the activation. */
  before: string;
  /** Whether the token stands there by itself, in a text of the model or one that was given; else it was put there. */
  written: boolean;
}

export interface HybridWork {
  /** Texts that the model wrote by itself and the SAE read. */
  texts: number;
  /** Tokens that were tried, and the carriers they were tried in. */
  candidates: number;
  carriers: number;
  /** False when the operator's limit of time ended the trying before the last carrier. */
  complete: boolean;
}
