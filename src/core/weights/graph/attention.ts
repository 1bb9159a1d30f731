import { softCapped } from './architecture.js';
import type { GraphBuilder, Value } from './graph.js';

/** Shape of one attention layer. */
export interface AttentionShape {
  /** Query heads. */
  heads: number;
  /** Key and value heads; each serves heads / keyValueHeads query heads. */
  keyValueHeads: number;
  headSize: number;
  /** Factor on the query-key products. */
  scale: number;
  /** Products become softcap * tanh(product / softcap). */
  softcap?: number | undefined;
}

/**
 * What a row may look at, given to the graph with every batch. Rows of a batch are independent positions of
 * different continuations, so each names its own past:
 * `shared [P]` rows of the store that all rows see (the prompt), `ancestors [R, S]` rows of the store that only
 * this row sees (the tokens between prompt and row), `peers [R, T]` rows of the same batch (at least itself).
 */
export interface Visibility {
  /** [1, K, P] and [R, K, S] rows of the store viewed as [N * K, headSize], K the key heads; [R, K, T] likewise. */
  shared: Value;
  ancestors: Value;
  peers: Value;
  /** [R, 1, P + S + T]: 0 where a row may look, a large negative number at padding. */
  mask: Value;
  /** [2]: the sizes P (at least 1: onnxruntime leaves products over an empty axis undefined) and S + T. */
  parts: Value;
}

/** Declares the inputs of `Visibility`; call once per graph. */
export function visibilityInputs(graph: GraphBuilder, keyValueHeads: number): Visibility {
  const headRange = graph.op('Reshape', [
    graph.integers(...Array(keyValueHeads).keys()),
    graph.integers(1, keyValueHeads, 1),
  ]);
  // Index of row r of head h in a [rows * heads, headSize] view; lets one Gather deliver a head-major block,
  // so that no transposition of keys or values is needed.
  const perHead = (rows: Value, axis: number) =>
    graph.op('Add', [
      graph.op('Mul', [
        graph.op('Unsqueeze', [rows, graph.integers(...(axis === 1 ? [1] : [0, 1]))]),
        graph.integers(keyValueHeads),
      ]),
      headRange,
    ]);
  return {
    shared: perHead(graph.input('shared', 'int64', ['P']), 0),
    ancestors: perHead(graph.input('ancestors', 'int64', ['R', 'S']), 1),
    peers: perHead(graph.input('peers', 'int64', ['R', 'T']), 1),
    mask: maskInput(graph, 'mask'),
    parts: graph.input('parts', 'int64', [2]),
  };
}

/** The same for layers that see only the last positions: their mask is the input `mask.window`. */
export function slidingWindowInputs(graph: GraphBuilder, visible: Visibility): Visibility {
  return { ...visible, mask: maskInput(graph, 'mask.window') };
}

function maskInput(graph: GraphBuilder, name: string): Value {
  return graph.op('Unsqueeze', [graph.input(name, 'float32', ['R', 'V']), graph.integers(1)]);
}

/**
 * Attention of each row over the shared rows, its ancestors and its peers: scores of the parts are concatenated
 * under one softmax. Declares the layer's store as inputs and its new keys and values as outputs.
 *
 * @param query [R, heads * headSize] of this batch
 * @param key,value [R, keyValueHeads * headSize]
 * @returns [R, heads * headSize]
 */
export function cachedAttention(
  graph: GraphBuilder,
  layer: number,
  query: Value,
  key: Value,
  value: Value,
  visible: Visibility,
  { heads, keyValueHeads, headSize, scale, softcap }: AttentionShape,
): Value {
  const keyValueSize = keyValueHeads * headSize;
  /** Query heads per key head. */
  const group = heads / keyValueHeads;
  const reshape = (value: Value, ...shape: number[]) =>
    graph.op('Reshape', [value, graph.integers(...shape)]);
  const transpose = (value: Value, ...perm: number[]) => graph.op('Transpose', [value], { perm });
  const byHead = (rows: Value) => reshape(rows, -1, headSize);
  const store = (name: string, rows: Value) => {
    graph.output(`new.${name}.${layer}`, rows, 'float32', ['R', keyValueSize]);
    const past = byHead(graph.input(`past.${name}.${layer}`, 'float32', ['N', keyValueSize]));
    const ancestors = graph.op('Gather', [past, visible.ancestors]);
    const peers = graph.op('Gather', [byHead(rows), visible.peers]);
    const suffix = graph.op('Concat', [ancestors, peers], { axis: 2 });
    const shared = graph.op('Squeeze', [graph.op('Gather', [past, visible.shared]), graph.integers(0)]);
    return {
      suffix: graph.shaped(suffix, 'R', keyValueHeads, 'S+T', headSize),
      shared: graph.shaped(shared, keyValueHeads, 'P', headSize),
    };
  };
  const keys = store('keys', key);
  const values = store('values', value);

  // Whole rows of a head move as one piece: every other transposition costs as much as the products. A 0 in a shape
  // keeps the size at its place.
  const headMajor = (value: Value) => transpose(value, 1, 0, 2);
  const products = (rows: Value, keys: Value) =>
    graph.op('FusedMatMul', [rows, keys], { transB: 1, alpha: { float: scale } }, 'com.microsoft');
  const queries = graph.shaped(reshape(query, 0, heads, headSize), 'R', heads, headSize);
  const suffixProducts = products(reshape(query, 0, keyValueHeads, group, headSize), keys.suffix);
  graph.shaped(suffixProducts, 'R', keyValueHeads, group, 'S+T');
  const suffixScores = graph.shaped(reshape(suffixProducts, 0, heads, -1), 'R', heads, 'S+T');
  const sharedProducts = products(reshape(headMajor(queries), keyValueHeads, -1, headSize), keys.shared);
  graph.shaped(sharedProducts, keyValueHeads, 'G*R', 'P');
  const sharedScores = headMajor(graph.shaped(reshape(sharedProducts, heads, -1, 0), heads, 'R', 'P'));

  let scores = graph.shaped(graph.op('Concat', [sharedScores, suffixScores], { axis: 2 }), 'R', heads, 'V');
  if (softcap !== undefined) scores = softCapped(graph, scores, softcap);
  const masked = graph.shaped(graph.op('Add', [scores, visible.mask]), 'R', heads, 'V');
  const weights = graph.op('Softmax', [masked], { axis: 2 });
  const [sharedWeights, suffixWeights] = graph.ops('Split', [weights, visible.parts], 2, { axis: 2 }) as [
    Value,
    Value,
  ];
  graph.shaped(sharedWeights, 'R', heads, 'P');
  graph.shaped(suffixWeights, 'R', heads, 'S+T');
  const grouped = reshape(suffixWeights, 0, keyValueHeads, group, -1);
  const suffixMix = graph.shaped(
    graph.op('MatMul', [grouped, values.suffix]),
    'R',
    keyValueHeads,
    group,
    headSize,
  );
  const fromSuffix = reshape(suffixMix, 0, heads, headSize);
  const sharedRows = reshape(headMajor(sharedWeights), keyValueHeads, -1, 0);
  const sharedMix = graph.shaped(
    graph.op('MatMul', [sharedRows, values.shared]),
    keyValueHeads,
    'G*R',
    headSize,
  );
  const fromShared = headMajor(graph.shaped(reshape(sharedMix, heads, -1, headSize), heads, 'R', headSize));
  return reshape(graph.op('Add', [fromSuffix, fromShared]), 0, heads * headSize);
}
