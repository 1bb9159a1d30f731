import type { GhostPlace, GhostSetting } from '../report/parameters.js';
import type { SaeParity } from '../report/parity.js';
import type { EmbeddingTable, FeatureActivation, LanguageModel, LogitLens } from './ports.js';
/**
 * What the methods need of a running model, its tokenizer and its SAEs. `runtime/` implements it; tests may, too.
 */

/** Limits an operator sets on every answer. */
export interface FeatureLimits {
  /** Longest time a tree may grow, in milliseconds. */
  treeMilliseconds: number;
  /** Longest time in milliseconds in which a model writes texts of its own for `/kind`. */
  textMilliseconds: number;
  /**
   * For each long step of list=hybrid, the longest time in milliseconds: writing the model's own texts, reading them
   * with an SAE, and trying tokens in carriers.
   */
  listMilliseconds: number;
  /** Longest time texts may be dreamt, in milliseconds. */
  dreamMilliseconds: number;
  /** Rows per batch. */
  batch: number;
}

/** Where features come from. */
export interface FeatureSource {
  /** Name of the SAE release. */
  release: string;
  hook: string;
  /** Width of the vectors. */
  inputSize: number;
  /** Number of features. */
  features: number;
  /** Whether the SAE reads the residual stream without its mean over d_model; embeddings are then taken likewise. */
  centered: boolean;
  /** What the check of its SAE found. */
  parity: SaeParity;
  vector(feature: number, weights: 'encoder' | 'decoder'): Promise<Float32Array>;
  /** The vectors of consecutive features [count, inputSize]. */
  vectors(first: number, count: number, weights: 'encoder' | 'decoder'): Promise<Float32Array>;
  /**
   * How the feature's activation follows from the residual stream alone.
   *
   * @throws {InputError} when it depends on other features, too
   */
  activation(feature: number): Promise<FeatureActivation>;
  /** What an activation of 1 adds to the residual stream [inputSize]. */
  writing(feature: number): Promise<Float32Array>;
  /** The feature's largest activation in the corpus, where the model ships it and it is not 0. */
  knownMaximum(feature: number): Promise<number | undefined>;
  /** How active features are in the corpus, where the model ships it; empty where it does not. */
  knownActivities(): Promise<ReadonlyMap<number, FeatureActivity>>;
  /** Texts of the corpus on which the feature is most active, where the model ships them, best first. */
  knownExamples(feature: number): Promise<string[]>;
  /**
   * Activations of all features on the model's residual stream at the hook point. The encoder stays in memory from
   * the first call on.
   *
   * @param residual [rows, inputSize]
   * @returns [rows, features]
   */
  encode(residual: Float32Array, rows: number): Promise<Float32Array>;
}

/** How active a feature is in a corpus. */
export interface FeatureActivity {
  /** Share of the tokens on which it is active, 0..1. */
  density: number;
  /** Its largest activation, in the SAE's units; 0 where it never is. */
  maximum: number;
}

/** A model that is ready to answer. */
export interface RunningModel {
  id: string;
  dtype: string;
  /** How many blocks it has. */
  blocks: number;
  language: LanguageModel;
  /** @param centered whether each embedding is taken without its mean over the width */
  embeddings(centered: boolean): Promise<EmbeddingTable>;
  tokenizer: Tokenizer;
  lens: LogitLens;
  /**
   * What a ghost's distance is measured from and by after a block; measured when it is first asked for, and kept.
   *
   * @param block from 0
   * @throws {InputError} when the model has no such block, or no later one that would read the ghost
   */
  streamPlace(block: number): Promise<StreamPlace>;
  /** How a vector of a hook point becomes a ghost, where that was learned. */
  learnedGhost(hook: string): Promise<LearnedGhost | undefined>;
  /** Which settings make the features of a hook point speak; undefined where the model was not calibrated there. */
  calibration(hook: string): Promise<Calibration | undefined>;
  /**
   * Where the features of one of its SAEs fire in texts that the model writes by itself; collected when it is first
   * asked for, and kept.
   *
   * @param onShare awaited with the share of the work that is done; throwing stops it
   */
  firings(
    source: Pick<FeatureSource, 'hook'>,
    limits: Pick<FeatureLimits, 'listMilliseconds'>,
    onShare: (share: number) => void | Promise<void>,
  ): Promise<Firings>;
  /**
   * What the model says for any ghost, measured when it is first asked for.
   *
   * @param onShare awaited with the share that is measured; throwing stops the work
   */
  baseline(
    question: BaselineQuestion,
    limits: Pick<FeatureLimits, 'batch'>,
    onShare: (share: number) => void | Promise<void>,
  ): Promise<Baseline>;
}

/** What stands in the residual stream after a block otherwise. */
export interface StreamPlace {
  /** Over tokens of texts, BOS and those of massive norm left out [hiddenSize]. */
  mean: Float32Array;
  /** Median distance of a token's stream from that mean. */
  unit: number;
}

/** A ghost of a hook point is `scale * direction + bias`, put into the residual stream after a block. */
export interface LearnedGhost {
  block: number;
  scale: number;
  /** [hiddenSize] */
  bias: Float32Array;
}

/** What was measured of how the features of a hook point speak, with labels that no other model gave. */
export interface Calibration {
  /** Settings that speak truly of different features, the best first. */
  settings: readonly GhostSetting[];
  /**
   * Shares of a feature's maximum from which on what is said counts as read back, and as partly read back; the first is
   * absent where no share tells what is true.
   */
  readsBack?: number;
  partly: number;
  /** What the token lists tell; absent in calibrations of earlier versions. */
  lists?: { near: ListTruth; promoted: ListTruth };
}

/** The mean share of the other features from which a list tells a feature, 0.5 by chance, and its standard error. */
export interface ListTruth {
  share: number;
  error: number;
}

/** What a baseline depends on besides the model. */
export interface BaselineQuestion {
  prompt: string;
  close: boolean;
  /** Whether each embedding is taken without its mean over the width. */
  centered: boolean;
  at: GhostPlace;
  /** About how far the ghosts are from the mean of the place, in its typical distances: a power of 2. */
  radius: number;
  /** Of the SAE that is asked about: a learned ghost belongs to one. */
  hook: string;
}

/** What every ghost says: a trie of definitions. */
export interface Baseline {
  /** Paths less probable than this are not in the trie. */
  floor: number;
  /** The mean of what the sampled ghosts say. */
  root: MeanTree;
}

/** Where the features of an SAE fire in a set of texts: for each feature the tokens it fires on most, each once. */
export interface Firings {
  /** Token ids of the texts, BOS first. */
  texts: readonly (readonly number[])[];
  /** Index of the text [features, most different tokens that are remembered], strongest firing of a feature first. */
  text: Int32Array;
  /** Position in the text. */
  position: Int32Array;
  /** In the SAE's units; 0 where a feature fires on fewer tokens. */
  activation: Float32Array;
}

/** One token on which a feature fires, in its context. */
export interface Firing {
  /** Token ids, BOS first, the token itself last. */
  context: readonly number[];
  activation: number;
}

/** A tree of paths of tokens with the mean over several ghosts of each path's cumulative probability. */
export interface MeanTree {
  probability: number;
  /** By token id. */
  children: Map<number, MeanTree>;
}

/** What the methods need of a tokenizer. */
export interface Tokenizer {
  /** Ids of a text, without special tokens. */
  encode(text: string): number[];
  /** A token's text. */
  text(tokenId: number): string;
  /** The beginning-of-sequence token. */
  readonly bos: number;
}

/** A prompt in tokens. */
export interface PromptTokens {
  /** BOS, the text before, GHOST, the text after. */
  ids: number[];
  /** Whether a token closes the definition. */
  closes: (tokenId: number) => boolean;
}
