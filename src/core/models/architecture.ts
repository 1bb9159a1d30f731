import type { Checkpoint } from './checkpoint.js';
import type { GraphBuilder, Value } from './graph.js';
import type { TensorLocation } from './safetensors.js';

/** A decoder-only transformer as an ONNX graph over a checkpoint, with the numbers its caller needs. */
export interface DecoderGraph {
  /** Encoded ONNX model; its weights point into the files of the checkpoint's folder. */
  onnx: Uint8Array;
  layers: number;
  /** Width of the residual stream, d_model. */
  hiddenSize: number;
  /** Width of one layer's keys (and values) for one position. */
  keyValueSize: number;
  vocabularySize: number;
  /** Most positions a sequence may have. */
  contextLength: number;
  /** Input embeddings [vocabularySize, hiddenSize]. */
  embeddings: TensorLocation;
}

/**
 * One model family: makes the graph from config.json and the checkpoint.
 * Every family uses the same inputs and outputs (see `embedRows`, `visibilityInputs`, `nextTokens`), so the
 * caller does not know which one runs.
 *
 * @throws {InputError} when the config is not of this family or the tensors do not fit it
 */
export type Architecture = (config: unknown, checkpoint: Checkpoint) => DecoderGraph;

/**
 * Input embeddings of the rows of a batch: `ids [R]` looks tokens up; an id below 0 takes `ghost [1, hiddenSize]`.
 *
 * @returns [R, hiddenSize]
 */
export function embedRows(graph: GraphBuilder, embeddings: Value, hiddenSize: number): Value {
  const ids = graph.input('ids', 'int64', ['R']);
  const ghost = graph.input('ghost', 'float32', ['G', hiddenSize]);
  const isGhost = graph.op('Unsqueeze', [graph.op('Less', [ids, graph.integers(0)]), graph.integers(1)]);
  return graph.op('Where', [isGhost, ghost, graph.op('Gather', [embeddings, ids])]);
}

/**
 * The end of every graph: for the rows named by `selected [H]`, the `top [1]` most probable next tokens as
 * `probabilities` and `tokens` [H, top] (softmax over the whole vocabulary), and all `logits` [H, vocabulary].
 *
 * @param logits maps [H, hiddenSize] to [H, vocabulary]
 */
export function nextTokens(
  graph: GraphBuilder,
  hidden: Value,
  vocabularySize: number,
  logits: (rows: Value) => Value,
): void {
  const selected = graph.op('Gather', [hidden, graph.input('selected', 'int64', ['H'])]);
  const scores = logits(selected);
  const distribution = graph.op('Softmax', [scores], { axis: 1 });
  const [probabilities, tokens] = graph.ops('TopK', [distribution, graph.input('top', 'int64', [1])], 2, {
    axis: 1,
  });
  graph.output('probabilities', probabilities!, 'float32', ['H', 'K']);
  graph.output('tokens', tokens!, 'int64', ['H', 'K']);
  graph.output('logits', scores, 'float32', ['H', vocabularySize]);
}
