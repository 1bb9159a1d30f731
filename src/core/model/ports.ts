/**
 * The two things a method needs from a model. `runtime/` implements them; tests may, too.
 */

/** Takes the place of a token id for the ghost token; `GHOST - i` for the i-th further ghost of a batch. */
export const GHOST = -1;

/** One position of one sequence. */
export interface Row {
  /** Token id, or GHOST, GHOST - 1, ... */
  token: number;
  /** 0 is the first position (BOS). */
  position: number;
  /** Slots of the store with this sequence's own earlier positions, in any order. */
  ancestors: readonly number[];
  /** Indices of earlier rows of the same batch that belong to this sequence. */
  peers: readonly number[];
}

export interface Batch {
  rows: readonly Row[];
  /** What stands for the ghost tokens [hiddenSize]: GHOST is the first, GHOST - 1 the second. */
  ghosts: readonly Float32Array[];
  /** Where they stand; absent: in place of input embeddings. */
  ghostsAfter?: AfterBlock | undefined;
  /** Slots that every row of the batch sees: the prompt. */
  shared: readonly number[];
  /** Rows whose next token is wanted; a row may be named more than once. */
  selected: readonly number[];
  /** How many next tokens. */
  top: number;
  /** For each selected row a token whose probability as the next one is wanted. */
  targets?: readonly number[];
  /** TransformerLens name of the hook point at which the residual stream is wanted, too. */
  hook?: string;
  /** A feature that is held while this is computed; keys and values already in the store do not change. */
  hold?: Hold | undefined;
}

/** Ghosts that replace the residual stream after a block. */
export interface AfterBlock {
  /** From 0. */
  block: number;
  /** Token id whose embedding the ghosts' rows have up to there. */
  placeholder: number;
}

/** How one feature's activation follows from the residual stream x alone. */
export interface FeatureActivation {
  /** pre = x . encoder + bias [hiddenSize] */
  encoder: Float32Array;
  bias: number;
  /** The activation is max(0, gain * pre + offset) where pre > threshold, else 0. */
  threshold: number;
  gain: number;
  offset: number;
}

/** A feature that is held at its hook point: x becomes x + (target - activation(x)) * decoder. */
export interface Hold {
  /** TransformerLens name, such as `blocks.10.hook_resid_post`. */
  hook: string;
  /** The first position of a sequence at which it is held. */
  from: number;
  /** In the SAE's units. */
  target: number;
  /** What an activation of 1 adds to the stream [hiddenSize]. */
  decoder: Float32Array;
  /** Absent: whatever its activation is, target * decoder is added. */
  activation?: FeatureActivation | undefined;
}

/** What a batch computed, to be read before the next batch. */
export interface BatchResult {
  /** Most probable next tokens of the i-th selected row, best first. */
  next(i: number): { tokenId: number; probability: number }[];
  /**
   * Probabilities of all next tokens of the selected rows, computed when asked for.
   *
   * @returns [selected, vocabularySize]
   */
  distributions(): Promise<Float32Array>;
  /** Probabilities of the batch's `targets` [selected]; empty where there were none. */
  readonly targets: Float32Array;
  /** The residual stream of all rows at the batch's `hook` [rows, hiddenSize]; empty where none was named. */
  readonly residual: Float32Array;
  /** Moves the keys and values of a row into the store, where later batches may refer to them. */
  keep(row: number): number;
}

/** Keys and values of positions computed earlier. */
export interface KeyValues {
  /** Forgets a slot; it is used again. */
  release(slot: number): void;
}

/** A running decoder-only language model. */
export interface LanguageModel {
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly hiddenSize: number;
  createStore(): KeyValues;
  /** Runs one batch; between batches the caller may be cancelled. */
  forward(batch: Batch, store: KeyValues): Promise<BatchResult>;
  /**
   * The residual stream at a hook point of all rows of a batch that needs no store.
   *
   * @param hook TransformerLens name, such as `blocks.10.hook_resid_post`
   * @returns [rows, hiddenSize]
   */
  residual(
    batch: Pick<Batch, 'rows' | 'ghosts' | 'ghostsAfter' | 'hold'>,
    hook: string,
  ): Promise<Float32Array>;
}

/** The model's input embeddings and their statistics. */
export interface EmbeddingTable {
  readonly size: number;
  readonly hiddenSize: number;
  /** Mean of all embeddings [hiddenSize]. */
  readonly centroid: Float32Array;
  /** Mean Euclidean distance of the embeddings from the centroid. */
  readonly meanDistance: number;
  /** cos(centroid, e_t) for every token [size]. */
  readonly centroidCosines: Float32Array;
  /** cos(vector, e_t) for every token [size], as exact as the weights in use. */
  cosines(vector: Float32Array): Promise<Float32Array>;
  /** cos(vector, e_t) for one token, from the checkpoint's own numbers. */
  exactCosine(vector: Float32Array, tokenId: number): number;
  /**
   * cos(v, e_t - centroid) for every row v and every token, as exact as the weights in use.
   *
   * @param vectors [rows, hiddenSize]
   * @returns [rows, size]
   */
  cosinesFromCentroid(vectors: Float32Array): Promise<Float32Array>;
  /** e_t [hiddenSize], from the checkpoint's own numbers. */
  embedding(tokenId: number): Float32Array;
  /** First principal component of the embeddings, length 1, its largest component positive [hiddenSize]. */
  principalComponent(): Promise<Float32Array>;
}

/** The model's way from the residual stream to logits, without what depends on the position. */
export interface LogitLens {
  /**
   * Products with the output embeddings, the final norm's weight folded in; for a LayerNorm, which takes the mean
   * away, each vector is centred first. The division by the stream's length, biases and soft caps are left out.
   *
   * @param vectors directions of the residual stream [rows, hiddenSize]
   * @returns [rows, vocabulary]
   */
  logits(vectors: Float32Array): Promise<Float32Array>;
}
