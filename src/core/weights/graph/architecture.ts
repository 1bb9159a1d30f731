import { z } from 'zod';
import { InputError } from '../../report/errors.js';
import type { Weights } from '../files/checkpoint.js';
import type { Matrix } from '../files/matrix.js';
import { unreadKey } from './configKeys.js';
import { GraphBuilder, type Value } from './graph.js';

/**
 * A decoder-only transformer as ONNX graphs over a checkpoint, with the numbers their caller needs. The head is a
 * graph of its own because in a model with tied embeddings the token list multiplies with the same matrix, which is
 * then held once.
 */
export interface DecoderGraph {
  /**
   * Encoded ONNX model from input embeddings to hidden states; its weights point into the checkpoint's files.
   * Inputs: `embeddings [R, hiddenSize]`, what `visibilityInputs` declares, `selected [H]`.
   * Outputs: `hidden [H, hiddenSize]`, new keys and values of every layer, and hook points.
   */
  decoder: Uint8Array;
  /** The part of it that gives one of its hook points, encoded, with those of the inputs that this part reads. */
  decoderUpTo(hook: string): Uint8Array;
  /** Encoded ONNX model from hidden states to next tokens: see `headGraph`. */
  head: Uint8Array;
  /**
   * Encoded ONNX model from `rows [H, hiddenSize]` to their `products [H, vocabulary]` with the input embeddings;
   * absent where the head is tied, whose products are the same.
   */
  inputProducts?: Uint8Array;
  layers: number;
  /** Width of the residual stream, d_model. */
  hiddenSize: number;
  /** Width of one layer's keys (and values) for one position. */
  keyValueSize: number;
  vocabularySize: number;
  /** Most positions a sequence may have. */
  contextLength: number;
  /** Positions a row sees in the layers with a sliding window, itself included; absent: no layer has one. */
  slidingWindow?: number;
  /** Name of the input embeddings [vocabularySize, hiddenSize] in the checkpoint. */
  embeddings: string;
  finalNorm: FinalNorm;
}

/** The norm before the head. */
export interface FinalNorm {
  /** Name of its weight [hiddenSize] in the checkpoint. */
  weight: string;
  /** What the weight counts from: rows are multiplied by this plus the weight. */
  from: 0 | 1;
  /** Whether it takes each row's mean away. */
  centers: boolean;
}

/**
 * One model family: makes the graphs from config.json and the checkpoint.
 * Every family uses the same inputs and outputs, so the caller does not know which one runs.
 *
 * @throws {InputError} when the config is not of this family or the tensors do not fit it
 */
export type Architecture = (config: unknown, weights: Weights) => DecoderGraph;

/**
 * Checks a config.json against a family's schema, which holds every key that the family reads.
 *
 * @throws {InputError} naming the field that is missing or not supported, or one that would change the numbers and
 *   is not read
 */
export function parseConfig<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  config: unknown,
  { folder }: Weights,
): z.infer<z.ZodObject<Shape>> {
  const parsed = schema.safeParse(config);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new InputError(`config.json in ${folder}: ${issue?.path.join('.')}: ${issue?.message}.`);
  }
  const keys = config as Record<string, unknown>;
  const unread = unreadKey(keys, schema.shape);
  if (unread === undefined) return parsed.data;
  throw new InputError(
    `config.json in ${folder}: "${unread}" is ${JSON.stringify(keys[unread])}, which changes what the model computes and is not supported for ${keys.model_type}: choose another model.`,
  );
}

/** A positive whole number in config.json. */
export const Count = z.number().int().positive();
/** Numbers of layers and of heads, of which a graph has one part each: bounded before any is made. */
export const Layers = Count.max(1024);
export const Heads = Count.max(1024);

/** Where a model's two tables of embeddings lie. */
interface Ends {
  /** Name of the input embeddings. */
  embeddings: string;
  /** Whether they are the output embeddings, too. */
  isTied: boolean;
  /** Name of the output embeddings where they are not; default `lm_head.weight`. */
  ownHead?: string;
  hiddenSize: number;
  vocabularySize: number;
  /** Of the logits. */
  softcap?: number | undefined;
}

/**
 * The head, tied to the input embeddings or with a table of its own, and what multiplies with the input embeddings where they
 * are two.
 *
 * @throws {InputError} when a table is missing or of another shape
 */
export function endsOf(
  weights: Weights,
  { embeddings, isTied, ownHead = 'lm_head.weight', hiddenSize, vocabularySize, softcap }: Ends,
): Pick<DecoderGraph, 'embeddings' | 'head' | 'inputProducts'> {
  const table = (name: string) => weights.matrix(name, hiddenSize, vocabularySize, 'outputs,inputs');
  if (isTied) return { embeddings, head: headGraph(table(embeddings), softcap) };
  const head = headGraph(table(ownHead), softcap);
  return { embeddings, head, inputProducts: productsGraph(table(embeddings)) };
}

/** The end of every decoder graph: the normalised hidden states of the rows named by `selected [H]`. */
export function selectedRows(graph: GraphBuilder, hidden: Value, hiddenSize: number): void {
  const selected = graph.op('Gather', [hidden, graph.input('selected', 'int64', ['H'])]);
  graph.output('hidden', selected, 'float32', ['H', hiddenSize]);
}

/**
 * From `rows [H, hiddenSize]` to the `top [1]` most probable next tokens as `probabilities` and `tokens` [H, top]
 * (softmax in float32 over the whole vocabulary), the `probability` [H, 1] of one token for each row, `targets`
 * [H, 1], and to the bare `products` with the output embeddings [H, vocabulary]. `logits` are what the softmax is
 * taken of.
 *
 * @param softcap logits are softcap * tanh(products / softcap); absent: the products themselves
 */
function headGraph(matrix: Matrix, softcap?: number): Uint8Array {
  const graph = new GraphBuilder();
  const { inputs, outputs } = matrix;
  const products = graph.linear(graph.input('rows', 'float32', ['H', inputs]), matrix);
  const logits = softcap === undefined ? products : softCapped(graph, products, softcap);
  graph.output('products', products, 'float32', ['H', outputs]);
  if (logits !== products) graph.output('logits', logits, 'float32', ['H', outputs]);
  const distribution = graph.op('Softmax', [logits], { axis: 1 });
  const top = graph.input('top', 'int64', [1]);
  const [probabilities, tokens] = graph.ops('TopK', [distribution, top], 2, { axis: 1 });
  graph.output('probabilities', probabilities!, 'float32', ['H', 'K']);
  graph.output('tokens', tokens!, 'int64', ['H', 'K']);
  const targets = graph.input('targets', 'int64', ['H', 1]);
  const probability = graph.op('GatherElements', [distribution, targets], { axis: 1 });
  graph.output('probability', probability, 'float32', ['H', 1]);
  return graph.encode();
}

/** From `rows [H, inputs]` to their `products [H, outputs]` with a matrix. */
function productsGraph(matrix: Matrix): Uint8Array {
  const graph = new GraphBuilder();
  const products = graph.linear(graph.input('rows', 'float32', ['H', matrix.inputs]), matrix);
  graph.output('products', products, 'float32', ['H', matrix.outputs]);
  return graph.encode();
}

/** cap * tanh(values / cap). */
export function softCapped(graph: GraphBuilder, values: Value, cap: number): Value {
  const small = graph.op('Mul', [values, graph.scalar(1 / cap)]);
  return graph.op('Mul', [graph.op('Tanh', [small]), graph.scalar(cap)]);
}
